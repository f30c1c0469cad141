import { positive } from '@tenfold/checks';
import { floatTensor } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { classNumbers } from '../domain';
import { createLoss, type Loss } from '../loss';
import { assertShape } from '../parts';
import { assertRows } from '../shapes';
import { unitVectors } from '../vectors';
import type { ReductionOptions } from '../weighting';
import { logSoftmaxAmong } from './log-softmax-among';

export interface SupervisedContrastiveOptions extends ReductionOptions {
  /** τ > 0, by which the cosines are divided; 0.1 by default, as in the paper. */
  temperature?: number;
}

/**
 * Supervised contrastive loss of a batch: examples of one class are drawn together, all others are pushed apart.
 *
 * lᵢ = −(1/|P(i)|)·Σ log(e^sᵢₚ / Σⱼ e^sᵢⱼ) over the p in P(i), the other examples of the class of i; j ≠ i, sᵢⱼ = cos(zᵢ, zⱼ)/τ
 *
 * An example without another one of its class has the loss 0. One of weight 0 is no positive or negative of others either. With two
 * views of each image that share a number, in one batch, it is the NT-Xent loss of SimCLR.
 *
 * @param labels [batch], class indices, integers of at least 0; for any other value the loss is NaN
 * @param predictions z: [batch, features], the embeddings
 * @returns a scalar, or [batch] for the reduction 'none'; in nats, ≥ 0
 * @throws when the shapes do not fit, temperature is not positive, or the weights do not fit
 * @example
 * supervisedContrastive([0, 0, 1], [[1, 0], [1, 0], [0, 1]], { temperature: 1 }); // (0.3133 + 0.3133 + 0) / 3 = 0.2088
 * @see Khosla et al., "Supervised Contrastive Learning", 2020, https://arxiv.org/abs/2004.11362, equation 2
 */
export const supervisedContrastive: Loss<SupervisedContrastiveOptions> =
  /* @__PURE__ */ createLoss<SupervisedContrastiveOptions>({
    name: 'supervisedContrastive',
    prepare: (labels, predictions) => {
      const y = floatTensor('supervisedContrastive', 'labels', labels);
      const z = floatTensor('supervisedContrastive', 'embeddings', predictions);
      assertRows('supervisedContrastive', 'embeddings', z);
      assertShape('supervisedContrastive', ['labels', y], ['embeddings', z.shape], [z.shape[0]!]);
      return { labels: [y], predictions: [z], shape: y.shape };
    },
    formula: ([y], [z], { temperature = 0.1 }, weights) => {
      const n = z!.shape[0]!;
      if (n === 0) return tf.sum(z!, -1);
      const unit = unitVectors(z!) as tf.Tensor2D;
      const scores = tf.div(tf.matMul(unit, unit, false, true), temperature);
      const others = tf.logicalNot(tf.cast(tf.eye(n), 'bool'));
      const counted = weights ? tf.logicalAnd(others, tf.notEqual(tf.reshape(weights, [1, n]), 0)) : others;
      const isSame = tf.equal(tf.expandDims(y!, 1), tf.expandDims(y!, 0));
      const positives = tf.cast(tf.logicalAnd(counted, isSame), 'float32');
      const logs = tf.mul(positives, logSoftmaxAmong(scores, counted));
      const mean = tf.div(tf.sum(logs, 1), tf.maximum(tf.sum(positives, 1), 1));
      // 0, or NaN for a label that is no class: comparisons lose it.
      return tf.sub(tf.mul(y!, 0), mean);
    },
    kinds: { temperature: positive },
    domain: { labels: classNumbers },
  });
