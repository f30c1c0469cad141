import type { Array64 } from '../array';
import { type Input, list, normal, values } from '../inputs';
import type { Case, KernelRow } from '../row';

const ends = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

/** A scalar, an empty tensor, more tensors than a dispatch binds, and one with more elements than all workgroups take at once. */
const many: readonly Input[] = [
  values([3], []),
  values([]),
  ...Array.from({ length: 20 }, (_, i) => normal([i + 1], i)),
  normal([300_001], 1),
];
/** The same with one other number. */
const spoiled = (tensor: number, place: number, number: number): Case => ({
  name: `${number} at ${place} of tensor ${tensor}`,
  inputs: list(
    many.map((input, i) =>
      i === tensor ? { ...input, values: () => input.values().fill(number, place, place + 1) } : input,
    ),
  ),
  attributes: {},
});
const createCase = (name: string, inputs: readonly Input[]): Case => ({
  name,
  inputs: list(inputs),
  attributes: {},
});

/** Whether all numbers are finite. */
export const allFinite: KernelRow = {
  kernel: 'AllFinite',
  gpuOnly: true,
  describe: {
    inputs: 'a list of tensors of any shapes',
    attributes: '',
    outputs: 'whether every value of all of them is finite, bool []',
  },
  reference: (inputs: { readonly [name: string]: Array64 }) => {
    const areFinite = Object.values(inputs).every(({ values }) => values.every(Number.isFinite));
    return [{ shape: [], values: Float64Array.of(areFinite ? 1 : 0) }];
  },
  cases: [
    createCase('no tensor', []),
    createCase('an empty tensor', [values([])]),
    createCase('large, subnormal and zero', [
      values([3.4e38, -3.4e38, 3.4e38, 1e-40, -0]),
      values([3.4e38], []),
    ]),
    createCase('many tensors', many),
    ...[
      [0, 0],
      [2, 0],
      [15, 13],
      [22, 0],
      [22, 299_999],
      [22, 300_000],
    ].map(([tensor, place], i) => spoiled(tensor!, place!, ends[i % ends.length]!)),
  ],
  tolerance: {},
};
