import * as tf from '@tensorflow/tfjs-core';
import { assertUpdate, floatGradient } from './assert-update';
import { findEntry, mapTensors, type Optimizer, traitsOf } from './optimizer';

/**
 * Wraps an optimizer to change each gradient before its step, and those that it computes at other points.
 *
 * @param name of the wrapper; starts its errors
 * @param change the new gradient of one in float32
 */
export const mapGradients = (
  name: string,
  optimizer: Optimizer,
  change: (gradient: tf.Tensor, parameter: tf.Tensor, name: string) => tf.Tensor,
): Optimizer =>
  mapAllGradients(name, optimizer, (grads, params) =>
    mapTensors(grads, (gradient, key) => tf.tidy(() => change(gradient, params[key]!, key))),
  );

/**
 * Wraps an optimizer to change the gradients before its step, and those that it computes at other points.
 *
 * @param name of the wrapper; starts its errors
 * @param change the new gradients of some in float32
 */
export const mapAllGradients = (
  name: string,
  optimizer: Optimizer,
  change: (grads: tf.NamedTensorMap, params: tf.NamedTensorMap) => tf.NamedTensorMap,
): Optimizer => ({
  ...traitsOf(optimizer),
  init: (params) => optimizer.init(params),
  update(grads, state, info) {
    assertUpdate(name, grads, state, info);
    const { params, mapGradients: outer = (found) => found } = info;
    const changed = (found: tf.NamedTensorMap) => {
      const floats = mapTensors(found, (gradient, key) =>
        floatGradient(name, key, gradient, findEntry(params, key)),
      );
      return change(floats, params);
    };
    return tf.tidy(() =>
      optimizer.update(changed(grads), state, { ...info, mapGradients: (found) => changed(outer(found)) }),
    );
  },
});
