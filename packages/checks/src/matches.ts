import { assertArgument } from './assert-argument';
import type { Kind } from './kind';
import { match as matchKind, required } from './kinds';

/** Which of several named values: a regular expression on their names, or a function of name and value. */
export type Match<T> = RegExp | ((name: string, value: T) => boolean);

const string: Kind = { expected: 'a string', accepts: (value) => typeof value === 'string' };

/**
 * Whether a named value is selected.
 *
 * @throws when `match` is neither a regular expression nor a function, or `name` not a string
 * @example
 * matches(/kernel$/, 'dense.kernel', parameter); // true
 */
export function matches<T>(match: Match<T>, name: string, value: T): boolean {
  assertArgument('matches', 'match', match, required(matchKind));
  assertArgument('matches', 'name', name, required(string));
  // search ignores lastIndex, so that the flag g is harmless.
  return typeof match === 'function' ? Boolean(match(name, value)) : name.search(match) >= 0;
}
