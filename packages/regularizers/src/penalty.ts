import {
  assertArgument,
  assertOptions,
  type Kinds,
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

/** The options of one penalty alone. */
type Specific<O> = Omit<O, keyof PenaltyOptions>;

interface Terms {
  /** The factor of the sum, next to λ. */
  factor: number;
  /** The smallest rank of a parameter that counts; 0 by default. */
  leastRank?: number;
  /** The term of a parameter, a scalar. */
  term(w: tf.Tensor, key: string): tf.Tensor;
}

/** Makes a penalty: the sum of one term per parameter, times a factor. */
export function penalty<O extends PenaltyOptions>(
  name: string,
  options: O,
  kinds: Kinds<Specific<O>>,
  termsOf: (options: Specific<O>) => Terms,
): Regularizer {
  assertOptions(name, options, { rate: required(nonNegative), only: match, ...kinds } as unknown as Kinds<O>);
  const { rate, only, ...specific } = options;
  const { factor, leastRank = 0, term } = termsOf(specific);
  return (params) => {
    assertArgument(name, 'params', params, paramsKind);
    return tf.tidy(() => {
      const all = Object.entries(params).map(([key, w]) => [key, floatTensor(name, key, w)] as const);
      const chosen = all.filter(([key, w]) => w.rank >= leastRank && (!only || matches(only, key, w)));
      if (all.length > 0 && chosen.length === 0) {
        const names = all.map(([key]) => key);
        const list = `${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`;
        throw new Error(
          only
            ? `${name}: only is ${show(only)}, which matches none of the parameters ${list}; give one that matches${leastRank > 0 ? ` a parameter of rank ${leastRank} or more` : ''}`
            : `${name}: none of the parameters ${list} has a rank of ${leastRank} or more; give kernels`,
        );
      }
      // 0 times an infinite sum would be NaN.
      if (rate === 0 || chosen.length === 0) return tf.scalar(0);
      return tf.mul(tf.addN(chosen.map(([key, w]) => term(w, key))), factor * rate) as tf.Scalar;
    });
  };
}
