import { show } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { Loss } from './create-trainer';
import type { Metric } from './metric';

/**
 * Computes the loss and the metrics of a batch as one tensor [1 + metrics], so that one read suffices.
 *
 * @param name of the function; starts errors
 * @param loss a loss function, or its value if it is known
 */
export function measure<Y, O>(
  name: string,
  loss: Loss<Y, O> | tf.Scalar,
  metrics: { [name: string]: Metric<Y, O> },
  labels: Y,
  predictions: O,
): tf.Tensor {
  return tf.tidy(() => {
    const value = typeof loss === 'function' ? loss(labels, predictions) : loss;
    const rest = Object.entries(metrics).map(([key, metric]) =>
      scalar(name, `the metric ${key}`, metric(labels, predictions)),
    );
    return tf.stack([scalar(name, 'the loss', value), ...rest]);
  });
}

function scalar(name: string, what: string, value: unknown): tf.Tensor {
  if (!(value instanceof tf.Tensor)) {
    throw new Error(`${name}: ${what} is ${show(value)}; return a scalar tensor`);
  }
  if (value.rank !== 0) {
    throw new Error(
      `${name}: ${what} has shape [${value.shape}]; return a scalar, the mean over the examples (reduction 'mean')`,
    );
  }
  return tf.cast(value, 'float32');
}
