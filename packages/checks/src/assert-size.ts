import { assertArgument } from './assert-argument';
import type { Kind } from './kind';
import { count, object, required } from './kinds';
import { showOptions } from './show-options';

const string: Kind = { expected: 'a string', accepts: (value) => typeof value === 'string', required: true };
const number: Kind = { expected: 'a number', accepts: (value) => typeof value === 'number', required: true };

/**
 * Throws unless a size that follows from options can be the size of an axis. The error names these options, where that of an inner
 * function would name its own.
 *
 * @param name of the function; starts the message
 * @param options as the caller passed them
 * @param values of the options from which the size follows, with the defaults filled in
 * @param what name of the size
 * @param size an integer from 1 to 2³¹ − 1 passes
 * @throws when the size is not such an integer, or another argument is wrong
 * @example
 * assertSize('mlp', { imageSize: 65536 }, { imageSize: 65536, inChannels: 3 }, 'the values of an example', 65536 ** 2 * 3);
 * // mlp: imageSize is 65536 and inChannels is 3 (the default), so the values of an example would be 12884901888; give smaller …
 */
export function assertSize(name: string, options: object, values: object, what: string, size: number): void {
  assertArgument('assertSize', 'name', name, string);
  assertArgument('assertSize', 'options', options, required(object));
  assertArgument('assertSize', 'values', values, required(object));
  assertArgument('assertSize', 'what', what, string);
  assertArgument('assertSize', 'size', size, number);
  if (count.accepts(size)) return;
  throw new Error(
    `${name}: ${showOptions(options, values)}, so ${what} would be ${size}; give smaller sizes, for at most ${2 ** 31 - 1}`,
  );
}
