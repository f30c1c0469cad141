import { matches, show } from '@tenfold/checks';
import type * as tf from '@tensorflow/tfjs-core';

/** A selection of parameters by their names. */
export type Frozen = RegExp | ((name: string, parameter: tf.Variable) => boolean);

type Variables = { [name: string]: tf.Variable };

/**
 * The trainable parameters of a model without those that are frozen.
 *
 * @param name of the function; starts errors
 * @throws when `frozen` matches no parameter
 */
export function withoutFrozen(
  name: string,
  model: { trainable(): Variables; parameters(): Variables },
  frozen: Frozen,
) {
  const isFrozen = ([key, variable]: [string, tf.Variable]) => matches<tf.Variable>(frozen, key, variable);
  const all = Object.entries(model.parameters());
  if (!all.some(isFrozen)) {
    const names = all.slice(0, 5).map(([key]) => key);
    throw new Error(
      `${name}: frozen is ${show(frozen)}, which matches no parameter; the parameters are ${names.join(', ')}${all.length > 5 ? ', …' : ''}`,
    );
  }
  return (): Variables =>
    Object.fromEntries(Object.entries(model.trainable()).filter((entry) => !isFrozen(entry)));
}
