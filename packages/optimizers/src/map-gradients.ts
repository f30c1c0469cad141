import * as tf from '@tensorflow/tfjs-core';
import { assertUpdate, floatGradient } from './assert-update';
import { findEntry, mapTensors, type Optimizer } from './optimizer';

/**
 * Wraps an optimizer to change each gradient before its step.
 *
 * @param name of the wrapper; starts its errors
 * @param change the new gradient of one in float32
 */
export const mapGradients = (
  name: string,
  optimizer: Optimizer,
  change: (gradient: tf.Tensor, parameter: tf.Tensor, name: string) => tf.Tensor,
): Optimizer => ({
  ranges: optimizer.ranges,
  init: (params) => optimizer.init(params),
  update(grads, state, info) {
    assertUpdate(name, grads, state, info);
    return tf.tidy(() => {
      const changed = mapTensors(grads, (gradient, key) => {
        const parameter = findEntry(info.params, key);
        return tf.tidy(() => change(floatGradient(name, key, gradient, parameter), parameter!, key));
      });
      return optimizer.update(changed, state, info);
    });
  },
});
