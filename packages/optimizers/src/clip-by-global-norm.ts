import { assertArgument, assertOptions, positive, required } from '@tenfold/checks';
import { floatTensor } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { mapKind, mapTensors, type Optimizer, optimizerKind } from './optimizer';
import { scaledNorm } from './scaled-norm';

export interface ClipByGlobalNormOptions {
  /** c > 0, the largest norm of all gradients together. */
  maxNorm: number;
}

/**
 * An optimizer that sees gradients of bounded norm: all are scaled alike, so their direction stays.
 *
 * gᵢ ← gᵢ·c/max(‖g‖, c) with c = maxNorm and the norm ‖g‖ of all gradients together
 *
 * It holds for every finite gradient, also where the norm or its square exceeds float32. A NaN or an infinite gradient makes
 * all of them NaN: it shows at once instead of stopping the training silently.
 *
 * @returns an optimizer of the same state
 * @throws when optimizer is not one, or maxNorm is out of its range
 * @example
 * const optimizer = clipByGlobalNorm(adamW({ learningRate: 1e-3 }), { maxNorm: 1 });
 * @see Pascanu, Mikolov, Bengio, "On the difficulty of training recurrent neural networks", 2012,
 *   https://arxiv.org/abs/1211.5063, section 3.2
 */
export function clipByGlobalNorm(optimizer: Optimizer, options: ClipByGlobalNormOptions): Optimizer {
  assertArgument('clipByGlobalNorm', 'optimizer', optimizer, optimizerKind);
  assertOptions('clipByGlobalNorm', options, { maxNorm: required(positive) });
  const { maxNorm } = options;
  return {
    init: (params) => optimizer.init(params),
    update(grads, state, info) {
      assertArgument('clipByGlobalNorm', 'grads', grads, mapKind);
      return tf.tidy(() => {
        const given = mapTensors(grads, (gradient, name) =>
          floatTensor('clipByGlobalNorm', `the gradient of ${name}`, gradient),
        );
        const { peak, root } = scaledNorm(Object.values(given));
        // One factor would vanish where the norm is huge; together they are c/‖g‖, and both 1 below the limit.
        const finite = tf.isFinite(root);
        const isWithin = tf.logicalAnd(finite, tf.lessEqual(tf.mul(peak, root), maxNorm));
        const divisor = tf.where(isWithin, 1, peak);
        // tfjs's debug mode refuses a NaN that is not in a tensor.
        const nan = tf.fill([], Number.NaN);
        // Not a product with 0 or NaN: what that makes of infinities differs between GPUs.
        const factor = tf.where(isWithin, 1, tf.where(finite, tf.div(maxNorm, root), nan));
        const clipped = mapTensors(given, (gradient) => tf.mul(tf.div(gradient, divisor), factor));
        return optimizer.update(clipped, state, info);
      });
    },
  };
}
