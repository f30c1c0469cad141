import type { Kernels } from '@tenfold/kernels';
import { map } from '../array';
import { normal, squares } from '../inputs';
import type { Case, KernelRow } from '../row';

type Attributes = Kernels['AdamW']['attributes'];

const attributes = { learningRate: 0.01, beta1: 0.9, beta2: 0.99, epsilon: 1e-6, step: 4 };
const createCase = (size: number, more: object = {}): Case => ({
  name: `[${size}] ${JSON.stringify(more)}`,
  inputs: {
    gradient: normal([size], 1),
    parameter: normal([size], 2),
    mean: normal([size], 3),
    square: squares([size], 4),
  },
  attributes: { ...attributes, weightDecay: 0.1, ...more },
});
const shapes = [[8192], [3], [0], [5, 7], [1], [20_001], [100, 90]];

/** One step of AdamW. */
export const adamW: KernelRow = {
  kernel: 'AdamW',
  describe: {
    inputs: 'gradient, parameter, mean, square, of one shape',
    attributes: 'learningRate, beta1, beta2, epsilon, weightDecay, step (from 0)',
    outputs:
      'update = −learningRate·(m/(1 − beta1ᵗ)/(√(v/(1 − beta2ᵗ)) + epsilon) + weightDecay·parameter), t = step + 1; ' +
      'mean m = beta1·m + (1 − beta1)·gradient; square v = beta2·v + (1 − beta2)·gradient²',
  },
  reference: (
    { gradient, parameter, mean, square },
    { learningRate, beta1, beta2, epsilon, weightDecay, step }: Attributes,
  ) => {
    const m = map(mean!, (value, i) => beta1 * value + (1 - beta1) * gradient!.values[i]!);
    const v = map(square!, (value, i) => beta2 * value + (1 - beta2) * gradient!.values[i]! ** 2);
    const [c1, c2] = [1 - beta1 ** (step + 1), 1 - beta2 ** (step + 1)];
    const update = map(m, (value, i) => {
      const direction = value / c1 / (Math.sqrt(v.values[i]! / c2) + epsilon);
      return -learningRate * (direction + weightDecay * parameter!.values[i]!);
    });
    return [update, m, v];
  },
  cases: [
    ...[0, 1, 3, 5, 64, 8192, 70_001].map((size) => createCase(size)),
    createCase(1027, { weightDecay: 0 }),
    createCase(1027, { step: 0, beta1: 0 }),
    { ...createCase(1_000_000), speed: true },
  ],
  tolerance: [
    { absolute: 1e-7, relative: 1e-5 },
    { absolute: 1e-6, relative: 1e-6 },
    { absolute: 1e-6, relative: 1e-6 },
  ],
  list: {
    kernel: 'AdamWList',
    describe: {
      inputs:
        'a list: the gradients of n parameters, then the n parameters, means and squares, of any shapes',
      attributes: 'those of `AdamW`, but weightDecays, n numbers',
      outputs: 'those of `AdamW`: n updates, then n means and n squares',
    },
    shapes,
    columns: {
      gradient: (shape, seed) => normal(shape, seed),
      parameter: (shape, seed) => normal(shape, seed),
      mean: (shape, seed) => normal(shape, seed),
      square: (shape, seed) => squares(shape, seed),
    },
    attributes: { ...attributes, weightDecays: shapes.map((_, i) => 0.1 * i) },
    attributesOf: (i) => ({ ...attributes, weightDecay: 0.1 * i }),
  },
};
