import { assertArgument, assertOptions, positive, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { mapAllGradients } from './map-gradients';
import { mapTensors, type Optimizer, optimizerKind } from './optimizer';
import { scaledNorm } from './scaled-norm';

export interface ClipByGlobalNormOptions {
  /** c > 0, the largest global norm of the gradients. */
  maxNorm: number;
}

/**
 * Wraps an optimizer to clip gradients by their global norm. All gradients are scaled by the same factor, so that the direction
 * does not change.
 *
 * gᵢ ← gᵢ·c/max(‖g‖, c), with c = maxNorm and ‖g‖ the norm of all gradients as one vector
 *
 * This works for all finite gradients, even if the norm or its square exceeds float32. A NaN or infinite gradient makes all
 * gradients NaN, so that the fault is visible at once.
 *
 * @returns an optimizer with the state of the wrapped one
 * @throws when optimizer is not an optimizer, or maxNorm is out of range
 * @example
 * const optimizer = clipByGlobalNorm(adamW({ learningRate: 1e-3 }), { maxNorm: 1 });
 * @see Pascanu, Mikolov, Bengio, "On the difficulty of training recurrent neural networks", 2012,
 *   https://arxiv.org/abs/1211.5063, section 3.2
 */
export function clipByGlobalNorm(optimizer: Optimizer, options: ClipByGlobalNormOptions): Optimizer {
  assertArgument('clipByGlobalNorm', 'optimizer', optimizer, optimizerKind);
  assertOptions('clipByGlobalNorm', options, { maxNorm: required(positive) });
  const { maxNorm } = options;
  return mapAllGradients('clipByGlobalNorm', optimizer, (grads) => clipNorm(grads, maxNorm));
}

/** Scales float32 tensors by one factor, so that their norm as one vector is at most maxNorm. */
export function clipNorm(floats: tf.NamedTensorMap, maxNorm: number): tf.NamedTensorMap {
  const { peak, root } = scaledNorm(Object.values(floats));
  // A single factor c/‖g‖ would underflow for a huge norm, so it is split in two. Below the limit both are 1.
  const finite = tf.isFinite(root);
  const isWithin = tf.logicalAnd(finite, tf.lessEqual(tf.mul(peak, root), maxNorm));
  const divisor = tf.where(isWithin, 1, peak);
  // tfjs's debug mode rejects a NaN that is not in a tensor.
  const nan = tf.fill([], Number.NaN);
  // Selected, not multiplied: the product of an infinity and 0 or NaN differs between GPUs.
  const factor = tf.where(isWithin, 1, tf.where(finite, tf.div(maxNorm, root), nan));
  return mapTensors(floats, (gradient) => tf.mul(tf.div(gradient, divisor), factor));
}
