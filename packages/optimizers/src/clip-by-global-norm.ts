import * as tf from '@tensorflow/tfjs-core';
import { assertPositive } from './checks';
import { globalNorm } from './global-norm';
import { mapTensors, type Optimizer } from './optimizer';

export interface ClipByGlobalNormOptions {
  /** The largest norm of all gradients together, > 0. */
  maxNorm: number;
}

/**
 * An optimizer that sees gradients of bounded norm: all are scaled alike, so their direction stays.
 *
 * gᵢ ← gᵢ·c/max(‖g‖, c) with c = maxNorm and the norm ‖g‖ of all gradients together
 *
 * A NaN or an infinite gradient makes all of them NaN: it shows at once instead of stopping the training silently.
 *
 * @returns an optimizer of the same state
 * @throws when maxNorm is out of its range
 * @example
 * const optimizer = clipByGlobalNorm(adamW({ learningRate: 1e-3 }), { maxNorm: 1 });
 * @see Pascanu, Mikolov, Bengio, "On the difficulty of training recurrent neural networks", 2012,
 *   https://arxiv.org/abs/1211.5063, section 3.2
 */
export function clipByGlobalNorm(optimizer: Optimizer, { maxNorm }: ClipByGlobalNormOptions): Optimizer {
  assertPositive('clipByGlobalNorm', { maxNorm });
  return {
    init: optimizer.init,
    update: (grads, state, info) =>
      tf.tidy(() => {
        const factor = tf.div(maxNorm, tf.maximum(globalNorm(grads), maxNorm));
        return optimizer.update(
          mapTensors(grads, (gradient) => tf.mul(gradient, factor)),
          state,
          info,
        );
      }),
  };
}
