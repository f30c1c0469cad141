import type * as tf from '@tensorflow/tfjs-core';

/** Selects parameters: a regular expression on their names, or a function such as (name, parameter) => parameter.rank >= 2. */
export type Match = RegExp | ((name: string, parameter: tf.Tensor) => boolean);

/** Whether a parameter is selected. */
export const matches = (match: Match, name: string, parameter: tf.Tensor): boolean =>
  // `search` ignores lastIndex, so the flag g has no effect.
  typeof match === 'function' ? Boolean(match(name, parameter)) : name.search(match) >= 0;
