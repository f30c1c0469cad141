import { assertArgument } from './assert-argument';
import { object, required } from './kinds';
import { show } from './show';

/**
 * Formats options for an error about several of them. A value that the caller did not give is marked as the default.
 *
 * @param options as the caller passed them
 * @param values the values of the options that the error is about, with the defaults filled in
 * @throws when an argument is not a plain object
 * @example
 * showOptions({ imageSize: 33 }, { imageSize: 33, patchSize: 4 }); // imageSize is 33 and patchSize is 4 (the default)
 */
export function showOptions(options: object, values: object): string {
  assertArgument('showOptions', 'options', options, required(object));
  assertArgument('showOptions', 'values', values, required(object));
  const given = options as { readonly [name: string]: unknown };
  const isGiven = (name: string) => Object.hasOwn(given, name) && given[name] !== undefined;
  return Object.entries(values)
    .map(([name, value]) => `${name} is ${show(value)}${isGiven(name) ? '' : ' (the default)'}`)
    .join(' and ');
}
