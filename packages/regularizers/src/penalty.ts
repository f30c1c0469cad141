import {
  assertArgument,
  assertOptions,
  match,
  matches,
  type Match as NameMatch,
  nonNegative,
  object,
  required,
  show,
} from '@tenfold/checks';
import { floatTensor } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';

/** Which parameters: a regular expression on their names, or a function of name and parameter, such as (name, p) => p.rank >= 2. */
export type Match = NameMatch<tf.Tensor>;

/** A penalty on parameters, added to the loss. */
export type Regularizer = (params: tf.NamedTensorMap) => tf.Scalar;

export interface PenaltyOptions {
  /** λ ≥ 0, the factor of the penalty. */
  rate: number;
  /** The parameters that count, all by default. /kernel$/ excludes biases and norms. */
  only?: Match | undefined;
}

const paramsKind = required({
  ...object,
  expected: 'an object of tensors by name, such as model.trainable()',
});

/** Makes a penalty: the sum of one term per parameter, times a factor. */
export function penalty(
  name: string,
  options: PenaltyOptions,
  factor: number,
  term: (w: tf.Tensor) => tf.Tensor,
): Regularizer {
  assertOptions(name, options, { rate: required(nonNegative), only: match });
  const { rate, only } = options;
  return (params) => {
    assertArgument(name, 'params', params, paramsKind);
    return tf.tidy(() => {
      const all = Object.entries(params).map(([key, w]) => [key, floatTensor(name, key, w)] as const);
      const chosen = all.filter(([key, w]) => !only || matches(only, key, w));
      if (all.length > 0 && chosen.length === 0) {
        const names = all.map(([key]) => key);
        const list = `${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`;
        throw new Error(
          `${name}: only is ${show(only)}, which matches none of the parameters ${list}; give one that matches`,
        );
      }
      // 0 times an infinite sum would be NaN.
      if (rate === 0 || chosen.length === 0) return tf.scalar(0);
      return tf.mul(tf.addN(chosen.map(([, w]) => term(w))), factor * rate) as tf.Scalar;
    });
  };
}
