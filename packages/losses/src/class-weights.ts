import { anything } from '@tenfold/checks';
import type { Input } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { readWeights } from './weighting';

export interface ClassWeightOptions {
  /**
   * Weights ≥ 0 of the classes, [classes]; all 1 by default. The mean is divided by the sum of the weights of the examples' classes.
   */
  classWeights?: Input;
}

export const classWeightKinds = { classWeights: anything };

/** The weights of the classes as a tensor [classes]; undefined if all are 1. */
export function readClassWeights(
  name: string,
  classWeights: Input | undefined,
  classes: number,
): tf.Tensor | undefined {
  if (classWeights === undefined) return undefined;
  const w = readWeights(name, 'classWeights', classWeights);
  if (w.shape.join() !== `${classes}`) {
    throw new Error(
      `${name}: classWeights have shape [${w.shape}] but there are ${classes} classes; give one weight for each class`,
    );
  }
  return w;
}

/** The weight that each example has by its class, or on average over its distribution. */
export const classShares = (labels: tf.Tensor, classWeights: tf.Tensor): tf.Tensor =>
  tf.sum(tf.mul(labels, classWeights), -1);
