import { assertArgument } from './assert-argument';
import type { Kind } from './kind';
import { object } from './kinds';
import { nearestName } from './nearest-name';
import { show } from './show';

/** A kind for each option of an options type. */
export type Kinds<O extends object> = { readonly [name in keyof Required<O>]: Kind };

/**
 * Throws unless every option is known and has a value of its kind. An option that is `undefined` counts as missing.
 *
 * Options are a plain object, as the kind `object` defines it. A Map, a Promise, a Number or an object that inherits options
 * is rejected, since it would count as one without options.
 *
 * @param name of the function; starts the message
 * @param options as the caller passed them
 * @param kinds of all options
 * @param elsewhere names of options that a related function has, with its name
 * @throws when options is not a plain object, has an unknown key or a symbol as one, lacks a required one, or a value is not of its
 *   kind
 * @example
 * assertOptions('sgd', { lr: 0.1 }, { learningRate: required(nonNegative), momentum: fraction });
 * // sgd: there is no option "lr"; did you mean learningRate? The options are learningRate, momentum
 */
export function assertOptions<O extends object>(
  name: string,
  options: O,
  kinds: Kinds<O>,
  elsewhere: { readonly [option: string]: string } = {},
): void {
  if (typeof name !== 'string') throw new Error(`assertOptions: name is ${show(name)}; give a string`);
  if (!object.accepts(kinds)) {
    throw new Error(
      `assertOptions: kinds is ${show(kinds)}; give a plain object with a kind for every option`,
    );
  }
  assertArgument('assertOptions', 'elsewhere', elsewhere, object);
  const known = Object.keys(kinds) as (keyof O & string)[];
  if (!object.accepts(options)) {
    throw new Error(
      `${name}: options is ${show(options)}; give a plain object${known.length > 0 ? ` such as { ${known[0]}: … }` : ''}`,
    );
  }
  // With those that are not enumerable, which a caller's destructuring reads as well.
  for (const key of Object.getOwnPropertyNames(options)) {
    if (Object.hasOwn(kinds, key)) continue;
    const nearest = nearestName(key, known);
    const related = nearestName(key, Object.keys(elsewhere));
    const list = known.length > 0 ? `The options are ${known.join(', ')}` : 'It has no options';
    if (!nearest && related) {
      throw new Error(
        `${name}: there is no option ${show(key)}; ${related} is an option of ${elsewhere[related]}. ${list}`,
      );
    }
    throw new Error(
      `${name}: there is no option ${show(key)}; ${nearest ? `did you mean ${nearest}? ` : ''}${nearest ? list : list[0]!.toLowerCase() + list.slice(1)}`,
    );
  }
  // One that is not enumerable is no option, such as the tag of a module's namespace.
  const symbol = Object.getOwnPropertySymbols(options).find((key) =>
    Object.prototype.propertyIsEnumerable.call(options, key),
  );
  if (symbol !== undefined) {
    throw new Error(`${name}: the key ${show(symbol)} of options is a symbol; give options by their names`);
  }
  for (const key of known) assertArgument(name, key, options[key], kinds[key]);
}
