import { type Array64, make, shapeSize } from '../array';
import { type Input, normal, values } from '../inputs';
import type { Bound, Case, KernelRow } from '../row';

interface Attributes {
  axis: readonly number[];
  keepDims: boolean;
}
type Fold = (total: number, value: number) => number;

/** Folds x along its axes. */
function reduced(x: Array64, { axis, keepDims }: Attributes, start: number, fold: Fold): Array64 {
  const kept = x.shape.map((_, i) => i).filter((i) => !axis.includes(i));
  const values = new Float64Array(shapeSize(kept.map((i) => x.shape[i]!))).fill(start);
  x.values.forEach((value, i) => {
    let rest = i;
    const index = new Array<number>(x.shape.length);
    for (let each = x.shape.length - 1; each >= 0; each--) {
      index[each] = rest % x.shape[each]!;
      rest = Math.floor(rest / x.shape[each]!);
    }
    const at = kept.reduce((offset, each) => offset * x.shape[each]! + index[each]!, 0);
    values[at] = fold(values[at]!, value);
  });
  const shape = keepDims
    ? x.shape.map((size, i) => (axis.includes(i) ? 1 : size))
    : kept.map((i) => x.shape[i]!);
  return { shape, values };
}

const lengths = [1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 63, 64, 65, 1000];
const shapes: [number[], number[]][] = [
  ...lengths.map((n): [number[], number[]] => [[n], [0]]),
  ...lengths.map((n): [number[], number[]] => [[5, n], [1]]),
  ...lengths.map((n): [number[], number[]] => [[37, n], [0]]),
  [[100_003], [0]],
  [[20_000, 10], [0]],
  [[3000, 64], [0]],
  [[3000, 67], [0]],
  [[3, 40_000], [0]],
  [[3, 40_000], [1]],
  [[300, 400], [1]],
  [
    [8, 15, 15, 64],
    [0, 1, 2],
  ],
  [
    [8, 15, 15, 3],
    [0, 1, 2],
  ],
  [
    [8, 15, 15, 64],
    [1, 2],
  ],
  [
    [4, 5, 6],
    [0, 2],
  ],
  [
    [4, 5, 6],
    [0, 1, 2],
  ],
  [
    [2, 3, 2, 3, 2, 3],
    [1, 3, 5],
  ],
  [
    [2, 3, 2, 3, 2, 3],
    [0, 2, 4],
  ],
];
/** Shapes without elements, reduced along an axis without entries. */
const ofNothing: [number[], number[]][] = [
  [[0], [0]],
  [[0, 3], [0]],
  [[3, 0], [1]],
  [
    [0, 2, 3],
    [0, 2],
  ],
];
/** Activations of the cnn and of the vit. */
const ofTraining: [number[], number[]][] = [
  [
    [250, 15, 15, 64],
    [0, 1, 2],
  ],
  [
    [64, 31, 31, 64],
    [0, 1, 2],
  ],
  [
    [64, 31, 31, 64],
    [0, 1, 2, 3],
  ],
  [
    [64, 31, 31, 64],
    [1, 2],
  ],
  [[128, 64, 192], [2]],
];
const createCase = (shape: number[], axis: number[], keepDims = false): Case => ({
  name: `[${shape}] along ${axis}${keepDims ? ', dimensions kept' : ''}`,
  inputs: { x: normal(shape, 1) },
  attributes: { axis, reductionIndices: axis, keepDims },
});
/** Rows with NaN near the end, with both infinities, and of −∞ alone. */
const ends: Input = {
  shape: [3, 300],
  values: () => {
    const numbers = normal([3, 300], 1).values().fill(Number.NEGATIVE_INFINITY, 600);
    numbers.set([Number.NaN], 298);
    numbers.set([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY], 400);
    return numbers;
  },
};
const cases: Case[] = [
  ...shapes.map(([shape, axis]) => createCase(shape, axis)),
  createCase([4, 5, 6], [0, 2], true),
  ...ofNothing.map(([shape, axis]) => createCase(shape, axis)),
  createCase([3, 0], [1], true),
  { ...createCase([3, 300], [1]), name: 'NaN and infinities', inputs: { x: ends } },
  {
    ...createCase([2, 3], [0]),
    name: 'NaN and infinities in columns',
    inputs: {
      x: values([Number.NaN, 1, Number.NEGATIVE_INFINITY, 2, Number.POSITIVE_INFINITY, -1], [2, 3]),
    },
  },
  ...ofTraining.map(([shape, axis]) => ({
    ...createCase(shape, axis),
    speed: true as const,
    examples: ['x'],
  })),
];

const row = (
  kernel: string,
  start: number,
  fold: Fold,
  finish: (total: number, count: number) => number,
  tolerance: KernelRow['tolerance'],
): KernelRow => ({
  kernel,
  reference: ({ x }, attributes: Attributes) => {
    const { shape, values } = reduced(x!, attributes, start, fold);
    const count = attributes.axis.reduce((n, i) => n * x!.shape[i]!, 1);
    return [{ shape, values: values.map((total) => finish(total, count)) }];
  },
  cases,
  tolerance,
});

// Terms of both signs cancel: the error is measured against the sum of their sizes, of about 0.8 each.
const ofTerms =
  (mean: boolean) =>
  (expected: Array64[], { x }: { readonly [name: string]: Array64 }): Bound[] => {
    const terms = shapeSize(x!.shape) / shapeSize(expected[0]!.shape);
    return [{ absolute: 3e-7 * Math.max(2, 0.8 * terms) * (mean ? 1 / terms : 1) }];
  };

/** The sum along axes. */
export const sum: KernelRow = row(
  'Sum',
  0,
  (a, b) => a + b,
  (total) => total,
  ofTerms(false),
);
/** The mean along axes; as in tfjs, that of nothing is 0. */
export const mean: KernelRow = row(
  'Mean',
  0,
  (a, b) => a + b,
  (total, count) => (count === 0 ? 0 : total / count),
  ofTerms(true),
);
const unlessNothing = (total: number, count: number): number => (count === 0 ? Number.NaN : total);
/** The largest along axes; as in tfjs, that of nothing is NaN. */
export const max: KernelRow = row('Max', Number.NEGATIVE_INFINITY, Math.max, unlessNothing, {});
/** The smallest along axes; as in tfjs, that of nothing is NaN. */
export const min: KernelRow = row('Min', Number.POSITIVE_INFINITY, Math.min, unlessNothing, {});

/** A reduction that tfjs's kernels do, tried on few small shapes and on those without elements. */
const small = (
  kernel: string,
  start: number,
  fold: Fold,
  finish: (total: number, count: number) => number,
  input: (shape: number[]) => Input,
): KernelRow => {
  const shapes: [number[], number[]][] = [[[5], [0]], [[3, 7], [1]], [[3, 7], [0]], ...ofNothing];
  return {
    ...row(kernel, start, fold, finish, { relative: 1e-6 }),
    cases: [
      ...shapes.map(([shape, axis]) => createCase(shape, axis)),
      createCase([3, 7], [1], true),
      createCase([3, 0], [1], true),
    ].map((one) => ({ ...one, inputs: { x: input([...one.inputs.x!.shape]) } })),
  };
};
/** Mostly true, so that some rows are all true, and some are not. */
const truths = (shape: number[]): Input => ({
  shape,
  dtype: 'bool',
  values: () => Float32Array.from({ length: shapeSize(shape) }, (_, i) => (i % 10 === 4 ? 0 : 1)),
});
/** The product along axes. */
export const prod: KernelRow = small(
  'Prod',
  1,
  (a, b) => a * b,
  (total) => total,
  (shape) => normal(shape, 1),
);
/** Whether all along axes are true; as in tfjs, of nothing they are not. */
export const all: KernelRow = small('All', 1, Math.min, (total, count) => (count === 0 ? 0 : total), truths);
/** Whether any along axes is true. */
export const any: KernelRow = small(
  'Any',
  0,
  Math.max,
  (total) => total,
  // The opposite: mostly false.
  (shape) => ({
    ...truths(shape),
    values: () =>
      truths(shape)
        .values()
        .map((value) => 1 - value),
  }),
);

/** Along one axis the place of the value that no other is better than; the first of them. */
const place = (kernel: string, isBetter: (value: number, best: number) => boolean): KernelRow => {
  const speedCase = (shape: number[], axis: number): Case => ({
    name: `[${shape}] along ${axis}`,
    inputs: { x: normal(shape, 1) },
    attributes: { axis },
  });
  return {
    kernel,
    reference: ({ x }, { axis }: { axis: number }) => {
      const [before, n, after] = [x!.shape.slice(0, axis), x!.shape[axis]!, x!.shape.slice(axis + 1)];
      const inner = shapeSize(after);
      return [
        make([...before, ...after], (i) => {
          const at = (k: number) => x!.values[(Math.floor(i / inner) * n + k) * inner + (i % inner)]!;
          let best = 0;
          for (let k = 1; k < n; k++) if (isBetter(at(k), at(best))) best = k;
          return best;
        }),
      ];
    },
    cases: [
      speedCase([3, 1], 1),
      speedCase([2, 65], 1),
      speedCase([37, 10], 1),
      speedCase([37, 10], 0),
      speedCase([4, 33, 6], 1),
      { ...speedCase([5000, 10], 1), speed: true, examples: ['x'] },
    ],
    tolerance: {},
  };
};
/** The place of the largest. */
export const argMax: KernelRow = place('ArgMax', (value, best) => value > best);
/** The place of the smallest. */
export const argMin: KernelRow = place('ArgMin', (value, best) => value < best);
