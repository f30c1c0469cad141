import type { Kernels } from '@tenfold/kernels';
import { type Array64, map } from '../array';
import { normal } from '../inputs';
import type { Bound, Case, KernelRow } from '../row';
import { computeMoments, type Groups, largest, normalizationGradient } from './normalize';

type Attributes = Kernels['LayerNorm']['attributes'];

const shapes = [
  [1, 1],
  [7, 3],
  [65, 10],
  [2, 64, 192],
  [300, 257],
  [3, 70_000],
];
const groupRows = ({ shape, values }: Array64): Groups => {
  const n = shape.at(-1)!;
  return { count: values.length / n, of: (i) => Math.floor(i / n) };
};

const createCase = (shape: number[], shift = 0): Case => {
  const n = shape.at(-1)!;
  return {
    name: `[${shape}]${shift === 0 ? '' : `, mean ${shift}`}`,
    inputs: { x: normal(shape, 1, { shift }), gamma: normal([n], 3), beta: normal([n], 4) },
    attributes: { epsilon: 1e-3 },
  };
};

/** Layer normalization along the last axis. */
export const layerNorm: KernelRow = {
  kernel: 'LayerNorm',
  describe: {
    inputs: 'x [..., n], gamma [n], beta [n]',
    attributes: 'epsilon (1e-5)',
    outputs: 'y = (x − mean)·rstd·gamma + beta; mean [..., 1]; rstd = 1/√(variance + epsilon) [..., 1]',
  },
  reference: ({ x, gamma, beta }, { epsilon }: Attributes) => {
    const n = x!.shape.at(-1)!;
    const rows = groupRows(x!);
    const { mean, rstd } = computeMoments(x!, rows, epsilon);
    const y = map(x!, (value, i) => {
      const row = rows.of(i);
      return (value - mean[row]!) * rstd[row]! * gamma!.values[i % n]! + beta!.values[i % n]!;
    });
    const shape = [...x!.shape.slice(0, -1), 1];
    return [y, { shape, values: mean }, { shape, values: rstd }];
  },
  cases: [
    ...shapes.map((shape) => createCase(shape)),
    // A mean far from 0 takes digits from a variance computed as a difference of squares.
    {
      ...createCase([65, 10], 30),
      tolerance: [{ absolute: 2e-4, relative: 1e-5 }, { relative: 1e-6 }, { relative: 1e-5 }],
    },
    { ...createCase([125, 64, 192]), speed: true },
  ],
  tolerance: [{ absolute: 1e-5 }, { absolute: 1e-6 }, { relative: 1e-5 }],
  gradient: {
    kernel: 'LayerNormGrad',
    describe: {
      inputs: 'dy, x, gamma, mean, rstd',
      attributes: '',
      outputs: 'dx; dgamma [n]; dbeta [n]',
    },
    saved: ({ x, gamma }, [, mean, rstd]) => ({ x: x!, gamma: gamma!, mean: mean!, rstd: rstd! }),
    attributes: () => ({}),
    outputs: ['x', 'gamma', 'beta'],
    reference: ({ dy, x, gamma, mean, rstd }) =>
      normalizationGradient(dy!, x!, gamma, { mean: mean!.values, rstd: rstd!.values }, groupRows(x!)),
    tolerance: (_: Array64[], { x, rstd }): Bound[] => {
      const rows = x!.values.length / x!.shape.at(-1)!;
      const steepest = largest(rstd!.values);
      // x − mean itself is only known to half a unit in the last place of x.
      const blur = 1e-7 * largest(x!.values.map(Math.abs)) * steepest;
      return [
        { absolute: (3e-6 + blur) * steepest, relative: 1e-4 },
        { absolute: (4e-6 + blur) * Math.sqrt(rows), relative: 1e-5 },
        { absolute: 1e-5, relative: 1e-5 },
      ];
    },
  },
};
