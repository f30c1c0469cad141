import { type KernelConfig, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend';
import { floats } from './floats';
import { grainOf } from './grain';

interface SgdAttrs {
  learningRate: number;
  momentum: number;
  nesterov: boolean;
  weightDecay: number;
  decoupled: boolean;
}

/** inputs { gradient, parameter, momentum }: outputs [update, momentum] of one step of SGD with momentum. */
export const sgd: KernelConfig = {
  kernelName: 'Sgd',
  backendName: 'simd',
  kernelFunc: ({ inputs, backend, attrs }) => {
    const simd = backend as SimdBackend;
    const { gradient, parameter, momentum } = inputs as Record<string, TensorInfo>;
    const { shape } = parameter!;
    const named = { gradient: gradient!, parameter: parameter!, momentum: momentum! };
    const pointers = floats(simd, 'Sgd', named, shape);
    const { learningRate, momentum: mu, nesterov, weightDecay, decoupled } = attrs as unknown as SgdAttrs;
    const outputs = [simd.output(shape), simd.output(shape)];
    const decay = decoupled ? [0, weightDecay] : [weightDecay, 0];
    const factors = [learningRate, mu, nesterov ? 1 : 0, ...decay];
    const size = util.sizeFromShape(shape);
    const parameters = [...pointers, ...outputs.map((out) => simd.pointer(out)), ...factors];
    simd.parallel('sgd', parameters, size, grainOf(simd, size, 3));
    return outputs;
  },
};
