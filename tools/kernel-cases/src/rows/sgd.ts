import type { Kernels } from '@tenfold/kernels';
import { map } from '../array';
import { normal } from '../inputs';
import type { Case, KernelRow } from '../row';

type Attributes = Kernels['Sgd']['attributes'];

const createCase = (size: number, nesterov: boolean, decoupled: boolean): Case => ({
  name: `[${size}]${nesterov ? ', nesterov' : ''}${decoupled ? ', decoupled' : ''}`,
  inputs: { gradient: normal([size], 1), parameter: normal([size], 2), momentum: normal([size], 3) },
  attributes: { learningRate: 0.3, momentum: 0.9, nesterov, decoupled, weightDecay: 0.2 },
});
const shapes = [[8192], [3], [0], [5, 7], [1], [20_001], [100, 90]];
const common = { learningRate: 0.3, momentum: 0.9, nesterov: true, decoupled: true };

/** One step of SGD with momentum. */
export const sgd: KernelRow = {
  kernel: 'Sgd',
  describe: {
    inputs: 'gradient, parameter, momentum, of one shape',
    attributes: 'learningRate, momentum, nesterov, weightDecay, decoupled',
    outputs:
      'update = −learningRate·u; momentum m = momentum·m + d; u = m, or d + momentum·m with nesterov; ' +
      'd = gradient + weightDecay·parameter, or weightDecay·parameter is added to u when decoupled',
  },
  reference: (
    { gradient, parameter, momentum },
    { learningRate, momentum: mu, nesterov, decoupled, weightDecay }: Attributes,
  ) => {
    const decay = map(parameter!, (p) => weightDecay * p).values;
    const d = map(gradient!, (g, i) => g + (decoupled ? 0 : decay[i]!)).values;
    const m = map(momentum!, (value, i) => mu * value + d[i]!);
    const update = map(m, (value, i) => {
      const u = nesterov ? d[i]! + mu * value : value;
      return -learningRate * (u + (decoupled ? decay[i]! : 0));
    });
    return [update, m];
  },
  cases: [
    createCase(0, false, false),
    createCase(1, false, false),
    createCase(3, true, false),
    createCase(1027, true, true),
    createCase(8192, false, false),
    createCase(300_001, false, true),
    createCase(300_001, true, false),
    { ...createCase(1_000_000, true, false), speed: true },
  ],
  tolerance: { absolute: 1e-6, relative: 1e-6 },
  list: {
    kernel: 'SgdList',
    describe: {
      inputs: 'a list: the gradients of n parameters, then the n parameters and momenta, of any shapes',
      attributes: 'those of `Sgd`, but weightDecays, n numbers',
      outputs: 'those of `Sgd`: n updates, then n momenta',
    },
    shapes,
    columns: {
      gradient: (shape, seed) => normal(shape, seed),
      parameter: (shape, seed) => normal(shape, seed),
      momentum: (shape, seed) => normal(shape, seed),
    },
    attributes: { ...common, weightDecays: shapes.map((_, i) => 0.1 * i) },
    attributesOf: (i) => ({ ...common, weightDecay: 0.1 * i }),
  },
};
