import { assertArgument } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { findEntry, mapTensors, type Optimizer, optimizerKind, traitsOf } from './optimizer';

/**
 * Wraps an optimizer to leave out the elements of an update that the current gradient speaks against, as momentum may.
 *
 * u ← u·m/max(mean(m), 0.001), where m is 1 if u·g < 0, else 0, for each parameter
 *
 * The mask applies to the whole update. In the paper, weight decay is added after it; wrap an optimizer without weight decay for that.
 *
 * @returns an optimizer with the state of the wrapped one
 * @throws when optimizer is not an optimizer
 * @example
 * const optimizer = cautious(adamW({ learningRate: 1e-3, weightDecay: 0 }));
 * @see Liang et al., "Cautious Optimizers: Improving Training with One Line of Code", 2024, https://arxiv.org/abs/2411.16085,
 *   algorithm 1; the minimum is that of the authors' code
 */
export function cautious(optimizer: Optimizer): Optimizer {
  assertArgument('cautious', 'optimizer', optimizer, optimizerKind);
  return {
    ...traitsOf(optimizer),
    init: (params) => optimizer.init(params),
    update: (grads, state, info) =>
      tf.tidy(() => {
        const { updates, state: next } = optimizer.update(grads, state, info);
        const masked = mapTensors(updates, (update, name) => {
          const gradient = findEntry(grads, name);
          return gradient ? tf.tidy(() => mask(update, gradient)) : update;
        });
        return { updates: masked, state: next };
      }),
  };
}

function mask(update: tf.Tensor, gradient: tf.Tensor): tf.Tensor {
  // Comparisons, because the product of two small numbers would be 0.
  const falls = tf.logicalAnd(tf.less(update, 0), tf.greater(gradient, 0));
  const rises = tf.logicalAnd(tf.greater(update, 0), tf.less(gradient, 0));
  const agrees = tf.logicalOr(falls, rises);
  const share = tf.maximum(tf.mean(tf.cast(agrees, 'float32')), 1e-3);
  // A NaN is not hidden.
  return tf.where(tf.logicalOr(agrees, tf.isNaN(update)), tf.div(update, share), 0);
}
