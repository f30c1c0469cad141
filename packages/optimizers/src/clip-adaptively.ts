import { assertArgument, assertOptions, match, matches, positive } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { mapGradients } from './map-gradients';
import { mapKind, type Optimizer, optimizerKind } from './optimizer';
import { assertOnlyMatches, type Match } from './weight-decay';

export interface ClipAdaptivelyOptions {
  /** c > 0, the largest norm of a gradient as a share of the norm of its parameter; 0.01 by default. */
  clipping?: number | undefined;
  /** ε > 0, the smallest norm of a parameter that counts; 1e-3 by default. */
  epsilon?: number | undefined;
  /** The parameters whose gradients are clipped, all by default. The paper excludes the last layer. */
  only?: Match | undefined;
}

/**
 * Wraps an optimizer to clip gradients by the norms of their parameters, unit by unit (AGC): deep networks without normalization
 * train with large batches.
 *
 * gᵢ ← gᵢ·min(1, c·max(‖θᵢ‖, ε)/‖gᵢ‖) for each unit i: the entries of one output (last axis), or all of a parameter of rank below 2
 *
 * A NaN stays NaN.
 *
 * @returns an optimizer with the state of the wrapped one
 * @throws when optimizer is not an optimizer, or an option is unknown or out of range; `init` throws when `only` matches no parameter
 * @example
 * const optimizer = clipAdaptively(sgd({ learningRate: 0.1, momentum: 0.9 }), { only: (name) => !name.startsWith('head') });
 * @see Brock et al., "High-Performance Large-Scale Image Recognition Without Normalization", 2021,
 *   https://arxiv.org/abs/2102.06171, section 4
 */
export function clipAdaptively(optimizer: Optimizer, options: ClipAdaptivelyOptions = {}): Optimizer {
  assertArgument('clipAdaptively', 'optimizer', optimizer, optimizerKind);
  assertOptions('clipAdaptively', options, { clipping: positive, epsilon: positive, only: match });
  const { clipping = 0.01, epsilon = 1e-3, only } = options;
  const wrapped = mapGradients('clipAdaptively', optimizer, (g, parameter, name) => {
    if (only && !matches(only, name, parameter)) return tf.clone(g);
    const limit = tf.mul(tf.maximum(unitNorm(parameter), epsilon), clipping);
    const norm = unitNorm(g);
    const isLarge = tf.greater(norm, limit);
    // Divided first: the product of a large gradient and a limit may exceed float32.
    return tf.mul(tf.div(g, tf.where(isLarge, norm, 1)), tf.where(isLarge, limit, 1));
  });
  return {
    ...wrapped,
    init(params) {
      assertArgument('clipAdaptively', 'params', params, mapKind);
      assertOnlyMatches('clipAdaptively', { only, weightDecay: 1 }, params, 'give one that matches');
      return wrapped.init(params);
    },
  };
}

/** The norm of each unit, [1, …, 1, units], or of all entries, a scalar. Squares do not overflow. */
function unitNorm(x: tf.Tensor): tf.Tensor {
  if (x.size === 0) return tf.scalar(0);
  const axes = x.rank < 2 ? undefined : Array.from({ length: x.rank - 1 }, (_, axis) => axis);
  const peak = tf.maximum(tf.max(tf.abs(x), axes, x.rank >= 2), 1.2e-38);
  return tf.mul(peak, tf.sqrt(tf.sum(tf.square(tf.div(x, peak)), axes, x.rank >= 2)));
}
