import { assertOptions, type Kinds, required, show } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';

const tensor = {
  expected: 'a tensor',
  accepts: (value: unknown): boolean => value instanceof tf.Tensor,
};

/**
 * The input of a layer that takes several tensors.
 *
 * @param names whether each is required
 * @throws when it is not a plain object of these tensors
 */
export function namedInputs<I extends object>(
  name: string,
  input: unknown,
  names: { [key in keyof Required<I>]: boolean },
): I {
  const keys = Object.entries(names);
  if (typeof input !== 'object' || input === null || input instanceof tf.Tensor || Array.isArray(input)) {
    const optional = keys.filter(([, needed]) => !needed).map(([key]) => key);
    const advice =
      optional.length > 0 ? `; ${optional.join(' and ')} ${optional.length > 1 ? 'are' : 'is'} optional` : '';
    throw new Error(
      `${name}: the input is ${input === undefined ? 'missing' : show(input)}; give the input as { ${keys.map(([key]) => key).join(', ')} }${advice}`,
    );
  }
  const kinds = keys.map(([key, needed]) => [key, needed ? required(tensor) : tensor]);
  assertOptions<I>(name, input as I, Object.fromEntries(kinds) as Kinds<I>);
  return input as I;
}
