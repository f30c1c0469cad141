import { type KernelConfig, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend';
import { floats } from './floats';
import { grainOf } from './grain';
import { stepList } from './step-list';

interface SgdAttrs {
  learningRate: number;
  momentum: number;
  nesterov: boolean;
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
    const from = floats(simd, 'Sgd', named, shape);
    const {
      learningRate,
      momentum: mu,
      nesterov,
      weightDecay,
      decoupled,
    } = attrs as unknown as SgdAttrs & {
      weightDecay: number;
    };
    const [update, next] = [simd.output(shape), simd.output(shape)];
    const pointers = [from.gradient, from.parameter, from.momentum] as const;
    const to = [simd.pointer(update), simd.pointer(next)] as const;
    const factors = [learningRate, mu, nesterov ? 1 : 0, ...decays(weightDecay, decoupled)] as const;
    const size = util.sizeFromShape(shape);
    simd.parallel('sgd', [...pointers, ...to, ...factors], size, grainOf(simd, size, 3));
    return [update, next];
  },
};

/**
 * inputs: a list of all gradients, then all parameters and momenta; attrs as of Sgd, but weightDecays, one per parameter:
 * outputs all updates, then all momenta.
 */
export const sgdList: KernelConfig = {
  kernelName: 'SgdList',
  backendName: 'simd',
  kernelFunc: ({ inputs, backend, attrs }) => {
    const given = attrs as unknown as SgdAttrs & { weightDecays: number[] };
    const { learningRate, momentum, nesterov, weightDecays, decoupled } = given;
    const simd = backend as SimdBackend;
    return stepList(simd, Object.values(inputs) as TensorInfo[], {
      kernelName: 'SgdList',
      columns: ['gradient', 'parameter', 'momentum'],
      outputs: 2,
      tail: (i) => decays(weightDecays[i]!, decoupled),
      run: (table, units, grain) => {
        simd.parallel('sgdList', [table, learningRate, momentum, nesterov ? 1 : 0], units, grain);
      },
      work: 3,
    });
  },
};

/** The decay that is a part of the gradient, and the one beside it. */
const decays = (weightDecay: number, decoupled: boolean): [number, number] =>
  decoupled ? [0, weightDecay] : [weightDecay, 0];
