import { type KernelConfig, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend';
import { floats } from './floats';
import { grainOf } from './grain';
import { stepList } from './step-list';

interface AdamAttrs {
  learningRate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  step: number;
}

/** inputs { gradient, parameter, mean, square }: outputs [update, mean, square] of one step of AdamW. */
export const adamW: KernelConfig = {
  kernelName: 'AdamW',
  backendName: 'simd',
  kernelFunc: ({ inputs, backend, attrs }) => {
    const simd = backend as SimdBackend;
    const { gradient, parameter, mean, square } = inputs as Record<string, TensorInfo>;
    const { learningRate, beta1, beta2, epsilon, weightDecay, step } = attrs as unknown as AdamAttrs & {
      weightDecay: number;
    };
    const { shape } = parameter!;
    const named = { gradient: gradient!, parameter: parameter!, mean: mean!, square: square! };
    const from = floats(simd, 'AdamW', named, shape);
    const outputs = [simd.output(shape), simd.output(shape), simd.output(shape)] as const;
    const size = util.sizeFromShape(shape);
    const [update, newMean, newSquare] = outputs;
    const pointers = [from.gradient, from.parameter, from.mean, from.square] as const;
    const to = [simd.pointer(update), simd.pointer(newMean), simd.pointer(newSquare)] as const;
    const factors = [learningRate, beta1, 1 - beta1, beta2, 1 - beta2, epsilon, weightDecay] as const;
    const corrections = [1 - beta1 ** (step + 1), 1 - beta2 ** (step + 1)] as const;
    simd.parallel('adamW', [...pointers, ...to, ...factors, ...corrections], size, grainOf(simd, size, 4));
    return [...outputs];
  },
};

/**
 * inputs: a list of all gradients, then all parameters, means and squares; attrs as of AdamW, but weightDecays, one per
 * parameter: outputs all updates, then all means and squares.
 */
export const adamWList: KernelConfig = {
  kernelName: 'AdamWList',
  backendName: 'simd',
  kernelFunc: ({ inputs, backend, attrs }) => {
    const given = attrs as unknown as AdamAttrs & { weightDecays: number[] };
    const { learningRate, beta1, beta2, epsilon, weightDecays, step } = given;
    const simd = backend as SimdBackend;
    return stepList(simd, Object.values(inputs) as TensorInfo[], {
      kernelName: 'AdamWList',
      columns: ['gradient', 'parameter', 'mean', 'square'],
      outputs: 3,
      tail: (i) => [weightDecays[i]!],
      run: (table, units, grain) => {
        const factors = [learningRate, beta1, 1 - beta1, beta2, 1 - beta2, epsilon] as const;
        const corrections = [1 - beta1 ** (step + 1), 1 - beta2 ** (step + 1)] as const;
        simd.parallel('adamWList', [table, ...factors, ...corrections], units, grain);
      },
      work: 4,
    });
  },
};
