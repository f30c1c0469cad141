import { assertArgument } from './assert-argument';
import { isKind, type Kind } from './kind';
import { isClass, isPlain, show } from './show';

const numeric = (expected: string, holds: (value: number) => boolean): Kind => ({
  expected,
  accepts: (value) => typeof value === 'number' && holds(value),
});

/** Any number that is finite in float32, in which backends compute. */
export const finite = numeric('a finite number', (x) => Number.isFinite(Math.fround(x)));

/** A number that is finite and above 0 in float32. */
export const positive = numeric('a finite number above 0', (x) => finite.accepts(x) && Math.fround(x) > 0);

/** A number of at least 0 that is finite in float32. */
export const nonNegative = numeric('a finite number of at least 0', (x) => finite.accepts(x) && x >= 0);

/** A number in [0, 1), such as a momentum or a dropout rate. */
export const fraction = numeric('a number in [0, 1)', (x) => x >= 0 && x < 1);

/** A number in [0, 1], such as label smoothing. */
export const probability = numeric('a number in [0, 1]', (x) => x >= 0 && x <= 1);

/** A number in (0, 1] that is above 0 in float32, such as the weight of a new batch in running statistics. */
export const portion = numeric('a number in (0, 1]', (x) => Math.fround(x) > 0 && x <= 1);

/**
 * A finite number from `low` to `high`, inclusive.
 *
 * @throws when `low` or `high` is not a finite number, or `high` is less than `low`
 */
export function between(low: number, high: number): Kind {
  for (const [what, value] of Object.entries({ low, high })) {
    assertArgument('between', what, value, required(finite));
  }
  if (high < low)
    throw new Error(`between: high is ${high} but low is ${low}; give the smaller number first`);
  return numeric(`a number from ${low} to ${high}`, (x) => x >= low && x <= high);
}

// A larger size is a typing mistake: it would end in an engine's out-of-memory error, or run forever.
const LARGEST = 2 ** 31 - 1;

/** An integer of either sign. */
export const integer = numeric('an integer', Number.isSafeInteger);

/** An integer from 1 to 2³¹ − 1, such as a size. */
export const count = numeric(
  'an integer of at least 1',
  (x) => Number.isInteger(x) && x >= 1 && x <= LARGEST,
);

/** An integer from 0 to 2³¹ − 1, such as a position or a number of warm-up steps. */
export const index = numeric(
  'an integer of at least 0',
  (x) => Number.isInteger(x) && x >= 0 && x <= LARGEST,
);

/** An integer from 0 to 2⁵³ − 1 that seeds a stream of random numbers. */
export const seed = numeric('an integer of at least 0', (x) => Number.isSafeInteger(x) && x >= 0);

/** true or false. */
export const flag: Kind = { expected: 'true or false', accepts: (value) => typeof value === 'boolean' };

/** A nonempty string. */
export const text: Kind = {
  expected: 'a string that is not empty',
  accepts: (value) => typeof value === 'string' && value !== '',
};

/** A function that can be called. A class is rejected, because it needs `new`. */
export const func: Kind = {
  expected: 'a function',
  accepts: (value) => typeof value === 'function' && !isClass(value),
};

/** A selection of parameters: a regular expression on their names, or a function of the name. */
export const match: Kind = {
  expected: 'a regular expression or a function of the name',
  accepts: (value) => value instanceof RegExp || func.accepts(value),
};

/** Anything except null and undefined. */
export const anything: Kind = {
  expected: 'a value',
  accepts: (value) => value !== undefined && value !== null,
};

/**
 * A plain object: one made by a literal, by `JSON.parse` or by `Object.create(null)`, also in another realm such as an iframe.
 *
 * Its prototype is `null` or the `Object.prototype` of a realm. An array, a Map, a Promise, an instance of a class and an object
 * that inherits from another one are rejected: their content is not, or not only, in properties of themselves.
 */
export const object: Kind = { expected: 'a plain object', accepts: isPlain };

/**
 * An object with methods of these names, such as an optimizer.
 *
 * @param expected what to pass, as the end of a sentence
 * @param methods the names of the methods
 */
export function objectWith(expected: string, ...methods: string[]): Kind {
  assertArgument('objectWith', 'expected', expected, required(text));
  for (const method of methods) assertArgument('objectWith', 'a method', method, required(text));
  return {
    expected,
    accepts: (value) =>
      typeof value === 'object' &&
      value !== null &&
      methods.every((method) => typeof (value as Record<string, unknown>)[method] === 'function'),
  };
}

const literal: Kind = {
  expected: 'a string, a finite number, true or false',
  accepts: (value) => typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value),
};

/**
 * One of the given values.
 *
 * @throws when there are no values, or a value is not a string, a finite number or a boolean
 */
export function oneOf(...values: readonly (string | number | boolean)[]): Kind {
  if (values.length === 0) throw new Error('oneOf: there are no values; give at least one');
  for (const value of values) assertArgument('oneOf', 'a value', value, required(literal));
  return {
    expected:
      values.length === 1
        ? show(values[0])
        : `${values.slice(0, -1).map(show).join(', ')} or ${show(values.at(-1))}`,
    accepts: (value) => (values as readonly unknown[]).includes(value),
  };
}

const kind: Kind = { expected: 'a kind, such as positive', accepts: isKind, required: true };

/**
 * A value of any of the given kinds.
 *
 * @throws when there are no kinds, or an argument is not a kind
 */
export function either(...kinds: readonly Kind[]): Kind {
  if (kinds.length === 0) throw new Error('either: there are no kinds; give at least one');
  for (const alternative of kinds) assertArgument('either', 'a kind', alternative, kind);
  return {
    expected: kinds.map(({ expected }) => expected).join(', or '),
    accepts: (value) => kinds.some((alternative) => alternative.accepts(value)),
  };
}

/**
 * An array of values of one kind, of the given length if there is one.
 *
 * @throws when `of` is not a kind, or `length` is not an integer of at least 0
 */
export function listOf(of: Kind, length?: number): Kind {
  assertArgument('listOf', 'of', of, kind);
  assertArgument('listOf', 'length', length, index);
  return {
    expected: `an array of ${length === undefined ? '' : `${length} `}entries, each ${of.expected}`,
    accepts: (value) =>
      Array.isArray(value) &&
      (length === undefined || value.length === length) &&
      // `every` alone would skip the holes of a sparse array.
      Array.from(value).every((entry) => of.accepts(entry)),
  };
}

/**
 * A value that must not be missing.
 *
 * @throws when `of` is not a kind
 */
export function required(of: Kind): Kind {
  assertArgument('required', 'of', of, kind);
  return { ...of, required: true };
}
