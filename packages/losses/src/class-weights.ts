import { anything } from '@tenfold/checks';
import type { Input } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { TINY } from './math';
import { type ReductionOptions, readWeights } from './weighting';

export interface ClassWeightOptions {
  /**
   * Weights ≥ 0 of the classes, [classes]; all 1 by default. The mean is divided by the sum of the weights of the examples' classes.
   */
  classWeights?: Input;
}

export const classWeightKinds = { classWeights: anything };

/**
 * The weights of the classes as a tensor [classes]; undefined if all are 1. For a mean that is divided by shares, only their ratios
 * count, and those that are out of [2⁻⁶⁴, 2⁶⁴] are scaled, so that sums of losses can neither overflow nor vanish.
 */
export function readClassWeights(
  name: string,
  { classWeights, reduction }: ClassWeightOptions & Pick<ReductionOptions, 'reduction'>,
  classes: number,
): tf.Tensor | undefined {
  if (classWeights === undefined) return undefined;
  const w = readWeights(name, 'classWeights', classWeights);
  if (w.shape.join() !== `${classes}`) {
    throw new Error(
      `${name}: classWeights have shape [${w.shape}] but there are ${classes} classes; give one weight for each class`,
    );
  }
  return reduction === 'mean' ? tf.div(w, scaleOf(w)) : w;
}

// Not the largest weight itself: a class may be alone in a batch, and its loss has to keep its digits next to a much larger weight.
function scaleOf(weights: tf.Tensor): tf.Tensor {
  const largest = tf.max(weights);
  const [up, down] = [tf.mul(largest, 2 ** 64), tf.mul(largest, 2 ** -64)];
  return tf.maximum(tf.maximum(tf.minimum(up, 1), down), TINY);
}

/** The weight that each example has by its class, or on average over its distribution. */
export const classShares = (labels: tf.Tensor, classWeights: tf.Tensor): tf.Tensor =>
  tf.sum(tf.mul(labels, classWeights), -1);
