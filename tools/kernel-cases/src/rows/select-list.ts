import type { Array64 } from '../array';
import { condition, type Input, list, normal, values } from '../inputs';
import type { Case, KernelRow } from '../row';

type Choice = readonly [isTaken: boolean, value: Input, other: Input];

const createCase = (name: string, choices: readonly Choice[]): Case => ({
  name,
  inputs: list([
    ...choices.map(([isTaken]) => condition(isTaken)),
    ...choices.map(([, value]) => value),
    ...choices.map(([, , other]) => other),
  ]),
  attributes: {},
});
const nan = values([Number.NaN, Number.NaN, Number.NaN]);
const large = normal([70_001], 3);

/** Of pairs the value or the other. */
export const selectList: KernelRow = {
  kernel: 'SelectList',
  gpuOnly: true,
  describe: {
    inputs:
      "a list: n conditions, each a bool [], then n values, then n others, each of its value's shape or a scalar",
    attributes: '',
    outputs: 'the values whose condition is true, bit for bit, and else the others',
  },
  reference: (inputs: { readonly [name: string]: Array64 }) => {
    const all = Object.values(inputs);
    const n = all.length / 3;
    return Array.from({ length: n }, (_, k): Array64 => {
      const [taken, value, other] = [all[k]!, all[n + k]!, all[2 * n + k]!];
      if (taken.values[0] !== 0) return value;
      return { shape: value.shape, values: value.values.map((_, i) => other.values[i] ?? other.values[0]!) };
    });
  },
  cases: [
    createCase('nothing', []),
    createCase('no element', [[false, normal([0, 3], 1), normal([0, 3], 2)]]),
    ...[true, false].map((isTaken) =>
      createCase(`${isTaken}`, [
        [isTaken, normal([2, 3], 1), normal([2, 3], 2)],
        [isTaken, normal([64], 3), values([-0], [])],
        [isTaken, normal([], 4), normal([], 5)],
      ]),
    ),
    createCase('NaN, scalars, large tensors and several conditions', [
      [false, nan, normal([3], 1)],
      [true, large, values([Number.NaN], [])],
      [false, large, values([2000], [])],
      [false, values([7], []), values([Number.NaN], [])],
    ]),
  ],
  tolerance: {},
};
