import * as tf from '@tensorflow/tfjs-core';
import type { Expected, Kind } from './kinds';

export interface BadValue {
  label: string;
  kind: Kind;
  value: unknown;
  /** Whether the call must end in an error; else it may also work. */
  refused: boolean;
}

const numbers = [0, -1, 1.5, Number.NaN, Infinity, -Infinity, 2 ** 40];
const others: [Kind, string, unknown][] = [
  ['string', "'0.5'", '0.5'],
  ['string', "''", ''],
  ['string', "'constructor'", 'constructor'],
  ['string', "'toString'", 'toString'],
  ['null', 'null', null],
  ['array', '[]', []],
  ['array', "['a']", ['a']],
  ['array', '[NaN]', [Number.NaN]],
  ['object', '{}', {}],
  ['boolean', 'true', true],
  ['function', 'a class', class Anything {}],
];

/** The values that may be wrong for a parameter, with whether they certainly are. */
export function badValues(expected: Expected): BadValue[] {
  if (expected.anything) return [];
  const takes = (kind: Kind) => expected.kinds.has(kind);
  const values: BadValue[] = numbers.map((value) => ({
    label: String(value),
    kind: 'number',
    value,
    // A number where none is meant, one that is none, or one outside the range that the docstring gives.
    refused: !takes('number') || !Number.isFinite(value) || expected.range?.(value) === false,
  }));
  for (const [kind, label, value] of others)
    values.push({ label, kind, value, refused: refuses(expected, kind, value) });
  if (!takes('undefined'))
    values.push({ label: 'undefined', kind: 'undefined', value: undefined, refused: true });
  return values.filter(({ kind, refused }) => refused || takes(kind) || kind === 'number');
}

function refuses(expected: Expected, kind: Kind, value: unknown): boolean {
  if (expected.literals.has(value)) return false;
  if (!expected.kinds.has(kind)) return true;
  if (kind === 'object') return expected.required.length > 0;
  // The entries of lists, the results of functions and the meaning of names are for the function to judge.
  return false;
}

/** The argument itself, after it was disposed. */
export const DISPOSED = 'a disposed tensor';

/** What is no tensor of numbers. */
export function badTensors(): BadValue[] {
  const refused: [string, unknown][] = [
    ['undefined', undefined],
    ['null', null],
    ["'text'", 'text'],
    ["['a', 'b']", ['a', 'b']],
    ['{}', {}],
    ['a function', () => 1],
    [DISPOSED, undefined],
    ['lists of unequal length', [[1, 2], [3]]],
  ];
  return refused.map(([label, value]) => ({ label, kind: 'tensor', value, refused: true }));
}

/** Tensors of other dtypes and ranks: each must give a result or a clear error. */
export const oddTensors: [string, () => tf.Tensor][] = [
  ['a tensor of strings', () => tf.tensor(['a', 'b'])],
  ['a complex tensor', () => tf.complex([1, 2], [3, 4])],
  ['an int32 tensor [2, 3]', () => tf.ones([2, 3], 'int32')],
  ['a bool tensor [2, 3]', () => tf.ones([2, 3], 'bool')],
  ['a scalar', () => tf.scalar(1)],
  ['a tensor [5]', () => tf.ones([5])],
  ['a tensor [0]', () => tf.zeros([0])],
  ['a tensor [1, 1, 1, 1, 1, 1]', () => tf.ones([1, 1, 1, 1, 1, 1])],
];
