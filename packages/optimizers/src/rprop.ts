import { assertOptions, finite, fraction, type Kind, positive, show } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer';
import { perParameter } from './per-parameter';
import { type LearningRate, learningRateKind } from './schedule';
import { signOf } from './sign-of';
import { nonNegativeZeros } from './slot';

export interface RpropOptions {
  /** η ≥ 0, the size of the first steps, a number or a schedule; 0.01 by default. */
  learningRate?: LearningRate | undefined;
  /** η⁻ in [0, 1), the factor of a step size when its gradient changes sign; 0.5 by default. */
  decrease?: number | undefined;
  /** η⁺ ≥ 1, the factor of a step size when its gradient keeps its sign; 1.2 by default. */
  increase?: number | undefined;
  /** The smallest step size, > 0; 1e-6 by default. */
  minStep?: number | undefined;
  /** The largest step size, > 0 and at least `minStep`; 50 by default. */
  maxStep?: number | undefined;
}

const atLeastOne: Kind = {
  expected: 'a finite number of at least 1',
  accepts: (value) => finite.accepts(value) && (value as number) >= 1,
};

/**
 * Rprop: steps along the sign of the gradient, with a step size for each element that grows while the sign stays. It is for the
 * gradients of all data, not of batches.
 *
 * r ← r·η⁺ where g·g₋₁ > 0, r·η⁻ where g·g₋₁ < 0, within [minStep/η, maxStep/η]; where g·g₋₁ < 0, g ← 0;
 * θ ← θ − η·r·sign(g), with g₋₁ the g of the step before and r starting at 1
 *
 * For a constant η, η·r is PyTorch's step size, which starts at η. Since r is a multiple of η, a schedule scales all steps.
 *
 * @returns an optimizer with the slots `previous` and `size`
 * @throws when an option is unknown or out of range, or minStep is above maxStep
 * @example
 * const optimizer = rprop({ learningRate: 0.01 });
 * @see Riedmiller, Braun, "A Direct Adaptive Method for Faster Backpropagation Learning: The RPROP Algorithm", 1993,
 *   https://doi.org/10.1109/ICNN.1993.298623; without its weight backtracking, as PyTorch and Igel, Hüsken, 2003 (iRprop−)
 */
export function rprop(options: RpropOptions = {}): Optimizer {
  assertOptions('rprop', options, {
    learningRate: learningRateKind,
    decrease: fraction,
    increase: atLeastOne,
    minStep: positive,
    maxStep: positive,
  });
  const { learningRate = 0.01, decrease = 0.5, increase = 1.2, minStep = 1e-6, maxStep = 50 } = options;
  if (minStep > maxStep) {
    throw new Error(
      `rprop: minStep is ${show(minStep)} but maxStep is ${show(maxStep)}; give a minStep of at most maxStep`,
    );
  }
  return perParameter({
    name: 'rprop',
    learningRate,
    slots: { previous: tf.zerosLike, size: { ...nonNegativeZeros, start: tf.onesLike } },
    rule({ gradient: g, slots: { previous, size }, learningRate: rate }) {
      // The product of two signs is their agreement; that of two small gradients would be 0.
      const agreement = tf.mul(tf.sign(g), tf.sign(previous));
      const turned = tf.less(agreement, 0);
      const factor = tf.where(turned, decrease, tf.where(tf.greater(agreement, 0), increase, 1));
      const scaled = tf.mul(size, factor);
      const r = rate > 0 ? tf.clipByValue(scaled, minStep / rate, maxStep / rate) : scaled;
      const used = tf.where(turned, 0, g);
      return { direction: tf.mul(signOf(used), r), slots: { previous: used, size: r } };
    },
  });
}
