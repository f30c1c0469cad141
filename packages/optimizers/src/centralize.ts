import { assertArgument } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { mapGradients } from './map-gradients';
import { type Optimizer, optimizerKind } from './optimizer';

/**
 * Wraps an optimizer to subtract from the gradient of each unit its mean, which regularizes and speeds up training.
 *
 * gᵢ ← gᵢ − mean(gᵢ) for each unit i: the entries of one output (last axis) of a parameter of rank 2 or more
 *
 * Gradients of lower rank, such as those of biases, stay.
 *
 * @returns an optimizer with the state of the wrapped one
 * @throws when optimizer is not an optimizer
 * @example
 * const optimizer = centralize(adamW());
 * @see Yong et al., "Gradient Centralization: A New Optimization Technique for Deep Neural Networks", 2020,
 *   https://arxiv.org/abs/2004.01461, equation 1
 */
export function centralize(optimizer: Optimizer): Optimizer {
  assertArgument('centralize', 'optimizer', optimizer, optimizerKind);
  return mapGradients('centralize', optimizer, (g) => {
    if (g.rank < 2 || g.size === 0) return tf.clone(g);
    const axes = Array.from({ length: g.rank - 1 }, (_, axis) => axis);
    return tf.sub(g, tf.mean(g, axes, true));
  });
}
