import * as tf from '@tensorflow/tfjs-core';

/** A penalty on parameters, added to the loss. */
export type Regularizer = (params: tf.NamedTensorMap) => tf.Scalar;

export interface PenaltyOptions {
  /** λ, how much the penalty counts; ≥ 0. */
  rate: number;
  /** Which parameters it counts, by name; all by default. /kernel$/ leaves out biases and norms. */
  only?: RegExp;
}

/** The sum of one term per parameter, times a factor. */
export function penalty(
  name: string,
  { rate, only }: PenaltyOptions,
  factor: number,
  term: (w: tf.Tensor) => tf.Tensor,
): Regularizer {
  if (!(rate >= 0 && rate < Number.POSITIVE_INFINITY)) {
    throw new Error(`${name}: rate is ${rate}; give a number of at least 0 such as 1e-4`);
  }
  return (params) =>
    tf.tidy(() => {
      const terms = Object.keys(params)
        .filter((key) => !only || key.search(only) >= 0) // search ignores lastIndex, so /g is harmless
        .map((key) => term(params[key]!));
      return tf.mul(terms.length ? tf.addN(terms) : 0, factor * rate) as tf.Scalar;
    });
}
