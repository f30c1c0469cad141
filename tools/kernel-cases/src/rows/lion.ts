import { map } from '../array';
import { normal, values } from '../inputs';
import type { Case, KernelRow } from '../row';

interface Attributes {
  learningRate: number;
  beta1: number;
  beta2: number;
  weightDecay: number;
}

const attributes = { learningRate: 0.01, beta1: 0.9, beta2: 0.99 };
const createCase = (size: number, weightDecay = 0.1): Case => ({
  name: `[${size}], weight decay ${weightDecay}`,
  inputs: { gradient: normal([size], 1), parameter: normal([size], 2), momentum: normal([size], 3) },
  attributes: { ...attributes, weightDecay },
});
const shapes = [[8192], [3], [0], [5, 7], [1], [20_001], [100, 90]];

/** One step of Lion. */
export const lion: KernelRow = {
  kernel: 'Lion',
  describe: {
    inputs: 'gradient, parameter, momentum, of one shape',
    attributes: 'learningRate, beta1, beta2, weightDecay',
    outputs:
      'update = −learningRate·(sign(beta1·momentum + (1 − beta1)·gradient) + weightDecay·parameter), NaN of NaN; ' +
      'momentum m = beta2·momentum + (1 − beta2)·gradient',
  },
  reference: ({ gradient, parameter, momentum }, { learningRate, beta1, beta2, weightDecay }: Attributes) => {
    const mixed = (beta: number) => map(momentum!, (m, i) => beta * m + (1 - beta) * gradient!.values[i]!);
    const update = map(
      mixed(beta1),
      (u, i) => -learningRate * (Math.sign(u) + weightDecay * parameter!.values[i]!),
    );
    return [update, mixed(beta2)];
  },
  cases: [
    ...[0, 1, 3, 5, 64, 8192, 70_001].map((size) => createCase(size)),
    createCase(1027, 0),
    {
      name: 'zeros, infinities and NaN',
      inputs: {
        gradient: values([0, 0, -2, Number.POSITIVE_INFINITY, Number.NaN, 3]),
        parameter: values([1, -1, 0, 2, 2, 2]),
        momentum: values([0, 1, 0, 0, 1, Number.NaN]),
      },
      attributes: { ...attributes, weightDecay: 0.1 },
      extreme: true,
    },
    { ...createCase(1_000_000), speed: true },
  ],
  tolerance: [
    { absolute: 1e-8, relative: 1e-5 },
    { absolute: 1e-6, relative: 1e-6 },
  ],
  list: {
    kernel: 'LionList',
    describe: {
      inputs: 'a list: the gradients of n parameters, then the n parameters and momenta, of any shapes',
      attributes: 'those of `Lion`, but weightDecays, n numbers',
      outputs: 'those of `Lion`: n updates, then n momenta',
    },
    shapes,
    columns: {
      gradient: (shape, seed) => normal(shape, seed),
      parameter: (shape, seed) => normal(shape, seed),
      momentum: (shape, seed) => normal(shape, seed),
    },
    attributes: { ...attributes, weightDecays: shapes.map((_, i) => 0.1 * i) },
    attributesOf: (i) => ({ ...attributes, weightDecay: 0.1 * i }),
  },
};
