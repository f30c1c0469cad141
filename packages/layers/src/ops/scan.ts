import * as tf from '@tensorflow/tfjs-core';

/**
 * The states of a linear recurrence h_t = a_t·h_{t−1} + b_t, h_{−1} = 0, in ⌈log₂ time⌉ steps that each double the span of the sums.
 *
 * @param a, b [batch, time, units]
 */
export function scan(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  let [factors, sums] = [a, b];
  for (let span = 1; span < a.shape[1]!; span *= 2) {
    sums = tf.add(sums, tf.mul(factors, later(sums, span)));
    factors = tf.mul(factors, later(factors, span));
  }
  return sums;
}

/**
 * The states of a complex linear recurrence with constant factors, h_t = λ·h_{t−1} + b_t, h_{−1} = 0.
 *
 * @param factor λ as real and imaginary parts, [units]
 * @param b real and imaginary parts, [batch, time, units]
 */
export function complexScan(
  factor: readonly [tf.Tensor, tf.Tensor],
  b: readonly [tf.Tensor, tf.Tensor],
): [tf.Tensor, tf.Tensor] {
  let [power, sums] = [factor, [...b] as [tf.Tensor, tf.Tensor]];
  for (let span = 1; span < b[0].shape[1]!; span *= 2) {
    const before = complexTimes(power, [later(sums[0], span), later(sums[1], span)]);
    sums = [tf.add(sums[0], before[0]), tf.add(sums[1], before[1])];
    power = complexTimes(power, power);
  }
  return sums;
}

export const complexTimes = (
  [re, im]: readonly [tf.Tensor, tf.Tensor],
  [x, y]: readonly [tf.Tensor, tf.Tensor],
): [tf.Tensor, tf.Tensor] => [tf.sub(tf.mul(re, x), tf.mul(im, y)), tf.add(tf.mul(re, y), tf.mul(im, x))];

/** Moves the steps of [batch, time, units] by a number of steps; the first become 0. */
function later(x: tf.Tensor, by: number): tf.Tensor {
  const [batch, time, units] = x.shape as [number, number, number];
  const kept = tf.slice(x, [0, 0, 0], [batch, time - by, units]);
  return tf.pad(kept, [
    [0, 0],
    [by, 0],
    [0, 0],
  ]);
}

/** Adds to the first step of [batch, time, units] what an initial state contributes, [batch, units]. */
export function addToFirst(x: tf.Tensor, amount: tf.Tensor): tf.Tensor {
  const [, time] = x.shape as [number, number];
  return tf.add(
    x,
    tf.pad(tf.expandDims(amount, 1), [
      [0, 0],
      [0, time - 1],
      [0, 0],
    ]),
  );
}
