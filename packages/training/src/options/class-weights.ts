import { show } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { counted } from '../counted';
import type { MetricFunction } from '../metric';

/**
 * Wraps a loss to weight each example by the weight of its class, as the loss's option `weights`.
 *
 * @param name of the function; starts errors
 * @param weights one for each class, ≥ 0
 * @throws when no weight is above 0, the loss does not use the weights, or their number is not that of the classes
 */
export function weightClasses<Y, O>(
  name: string,
  loss: MetricFunction<Y, O>,
  weights: readonly number[],
): MetricFunction<Y, O> {
  if (!weights.some((weight) => weight > 0)) {
    throw new Error(`${name}: classWeights is ${show(weights)}; give at least one weight above 0`);
  }
  return (labels, predictions) =>
    tf.tidy(() => {
      const given = exampleWeights(name, labels, predictions, weights);
      let isUsed = false;
      const options = {
        get weights() {
          isUsed = true;
          return given;
        },
      };
      const value = (loss as (labels: Y, predictions: O, options: object) => tf.Tensor)(
        labels,
        predictions,
        options,
      );
      if (isUsed) return value;
      throw new Error(
        `${name}: the loss does not use classWeights; give a loss that takes weights, such as those of @tenfold/losses: (labels, predictions, { weights }) => …`,
      );
    });
}

/**
 * The sum of the weights of a batch, by which its mean loss counts. Labels that are no class, which a loss may ignore, add nothing.
 *
 * @param name of the function; starts errors
 */
export function sumClassWeights(
  name: string,
  labels: unknown,
  predictions: unknown,
  weights: readonly number[],
): tf.Tensor {
  return tf.tidy(() => {
    const given = exampleWeights(name, labels, predictions, weights);
    return tf.sum(tf.where(tf.isNaN(given), tf.zerosLike(given), given));
  });
}

/** The weight of each example: of its class, or of probabilities the mean. NaN for a label that is no class. */
function exampleWeights(
  name: string,
  labels: unknown,
  predictions: unknown,
  weights: readonly number[],
): tf.Tensor {
  if (!(labels instanceof tf.Tensor) || !(predictions instanceof tf.Tensor)) {
    const [what, value] = labels instanceof tf.Tensor ? ['predictions', predictions] : ['labels', labels];
    throw new Error(
      `${name}: classWeights needs labels and predictions of one tensor each, but ${what} is ${show(value)}; weight the classes in the loss`,
    );
  }
  const isBinary = predictions.shape.at(-1) === 1 || predictions.shape.join() === labels.shape.join();
  const isSoft = predictions.rank > 1 && predictions.shape.at(-1)! > 1 && isBinary;
  const classes = isBinary && !isSoft ? 2 : predictions.shape.at(-1)!;
  if (weights.length !== classes) {
    throw new Error(
      `${name}: classWeights has ${counted(weights.length, 'weight')} but there are ${classes} classes; give one weight for each class`,
    );
  }
  const table = tf.tensor1d([...weights]);
  if (isSoft) return tf.sum(tf.mul(tf.cast(labels, 'float32'), table), -1);
  const y = tf.expandDims(tf.cast(labels, 'float32'), -1);
  const oneHot = tf.cast(tf.equal(y, tf.range(0, classes, 1, 'float32')), 'float32');
  // Gives 0/0 for a label that is no class.
  return tf.div(tf.sum(tf.mul(oneHot, table), -1), tf.sum(oneHot, -1));
}
