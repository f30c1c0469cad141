import { type Array64, shapeSize } from '../array';
import { type Input, normal, values } from '../inputs';
import type { Case, KernelRow } from '../row';

type Shape = readonly number[];

/** What two tensors make of each pair of elements, by tfjs's names. */
const functions: { readonly [kernel: string]: (a: number, b: number) => number } = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Multiply: (a, b) => a * b,
  RealDiv: (a, b) => a / b,
  Maximum: Math.max,
  Minimum: Math.min,
  SquaredDifference: (a, b) => (a - b) ** 2,
};

/** Elements of two tensors that broadcast, one with another. */
function combined(a: Array64, b: Array64, f: (a: number, b: number) => number): Array64 {
  const rank = Math.max(a.shape.length, b.shape.length);
  const at = (shape: Shape, i: number) => shape[i - rank + shape.length] ?? 1;
  const shape = Array.from({ length: rank }, (_, i) =>
    at(a.shape, i) === 1 ? at(b.shape, i) : at(a.shape, i),
  );
  const index = (own: Shape, flat: number): number => {
    let [found, stride, rest] = [0, 1, flat];
    for (let i = rank - 1; i >= 0; i--) {
      if (at(own, i) !== 1) found += (rest % shape[i]!) * stride;
      rest = Math.floor(rest / shape[i]!);
      stride *= at(own, i);
    }
    return found;
  };
  const out = Float64Array.from({ length: shapeSize(shape) }, (_, i) =>
    f(a.values[index(a.shape, i)]!, b.values[index(b.shape, i)]!),
  );
  return { shape, values: out };
}

const pairs: [Shape, Shape][] = [
  [[], []],
  [[9], []],
  [
    [0, 3],
    [1, 3],
  ],
  [[65], [65]],
  [[1000], [1]],
  [[130, 10], [10]],
  [[3], [200, 3]],
  [
    [33, 7],
    [33, 1],
  ],
  [
    [9, 1],
    [1, 7],
  ],
  [
    [4, 5, 6, 7],
    [4, 1, 1, 7],
  ],
  [
    [2, 1, 3, 1, 4],
    [1, 3, 1, 2, 4],
  ],
];
const createCase = (a: Shape, b: Shape): Case => ({
  name: `[${a}] and [${b}]`,
  inputs: { a: normal(a, 1), b: normal(b, 2) },
  attributes: {},
});
const ends = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 80, -80, 0];
const cases: Case[] = [
  ...pairs.map(([a, b]) => createCase(a, b)),
  {
    name: 'infinities, NaN, ±80 and 0, each with each',
    inputs: { a: values(ends, [6, 1]), b: values(ends) },
    attributes: {},
    extreme: true,
  },
];

const maps = [64, 31, 31, 64];
/** Operands of trainings: activations, biases, scales, differences from a mean. */
const ofTraining: { readonly [kernel: string]: [Shape, Shape][] } = {
  Add: [
    [maps, maps],
    [maps, [64]],
    [
      [64, 64],
      [64, 64],
    ],
  ],
  Multiply: [
    [maps, []],
    [[128, 1000, 10], [10]],
  ],
  Sub: [
    [
      [128, 64, 192],
      [128, 64, 1],
    ],
  ],
};

/** Every function of two tensors. */
export const binary: readonly KernelRow[] = Object.entries(functions).map(([kernel, f]) => ({
  kernel,
  reference: ({ a, b }) => [combined(a!, b!, f)],
  cases: [
    ...cases,
    ...(ofTraining[kernel] ?? []).map(([a, b]): Case => ({ ...createCase(a, b), speed: true })),
  ],
  tolerance: { relative: 3e-7, absolute: 1e-37 },
}));

const preluCase = (name: string, x: Input, alpha: Input): Case => ({
  name,
  inputs: { x, alpha },
  attributes: {},
  extreme: true,
});
/** x where it is not negative, else alpha·x. */
export const prelu: KernelRow = {
  kernel: 'Prelu',
  reference: ({ x, alpha }) => [combined(x!, alpha!, (x, alpha) => (x < 0 ? alpha * x : x))],
  cases: [
    preluCase('[65] and [65]', normal([65], 1), normal([65], 2)),
    preluCase('[64] and [64]', normal([64], 1), normal([64], 2)),
    preluCase('[5, 8] and [8]', normal([5, 8], 1), normal([8], 2)),
    preluCase('[5, 7] and [1, 7]', normal([5, 7], 1), normal([1, 7], 2)),
    preluCase('[3, 2, 4] and [3, 1, 1]', normal([3, 2, 4], 1), normal([3, 1, 1], 2)),
    preluCase('infinities, NaN, ±80 and 0', values(ends, [6, 1]), values([0.25, 0.5, -2, 1], [1, 4])),
    preluCase(
      'infinities, NaN, ±80, 0 and ±1',
      values([...ends, 1, -1]),
      values([0.25, 0.25, 0.25, 0.25, 2, 2, 2, 2]),
    ),
  ],
  tolerance: { relative: 3e-7, absolute: 1e-37 },
};
