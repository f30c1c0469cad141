import * as tf from '@tensorflow/tfjs-core';
import { type ClassWeightOptions, classWeightKinds, readClassWeights } from '../class-weights';
import { probabilities } from '../domain';
import { createLoss, type Loss, ofPair } from '../loss';
import { sameLabels } from '../shapes';
import type { ReductionOptions } from '../weighting';

export interface MultiLabelSoftMarginOptions extends ReductionOptions, ClassWeightOptions {
  /** Weights ≥ 0 by which the losses of the labels are multiplied, [labels]; all 1 by default. No mean is divided by them. */
  classWeights?: ClassWeightOptions['classWeights'];
}

/**
 * Multi-label soft margin loss: the mean over an example's labels of their binary cross-entropies.
 *
 * l = (1/K)·Σₖ wₖ·(yₖ·log(1 + e^(−xₖ)) + (1 − yₖ)·log(1 + e^xₖ)) over the K labels, w = classWeights
 *
 * @param labels y: [batch, …, labels], 1 where the example has the label and 0 elsewhere; for values outside [0, 1] the loss is NaN
 * @param predictions x: the shape of the labels, logits in ℝ
 * @returns a scalar, or [batch, …] for the reduction 'none'; in nats, ≥ 0
 * @throws when the shapes differ, there is no axis of labels, or the weights do not fit
 * @example
 * multiLabelSoftMargin([[1, 0]], [[2, -1]]); // (0.1269 + 0.3133) / 2 = 0.2201
 * @see PyTorch, https://pytorch.org/docs/stable/generated/torch.nn.MultiLabelSoftMarginLoss.html
 */
export const multiLabelSoftMargin: Loss<MultiLabelSoftMarginOptions> =
  /* @__PURE__ */ createLoss<MultiLabelSoftMarginOptions>(
    /* @__PURE__ */ ofPair<MultiLabelSoftMarginOptions>(
      'multiLabelSoftMargin',
      (y, x) => sameLabels('multiLabelSoftMargin', y, x, 'logits'),
      1,
      (y, x, { classWeights }) => {
        const positive = tf.mul(y, tf.softplus(tf.neg(x)));
        const losses = tf.add(positive, tf.mul(tf.sub(1, y), tf.softplus(x)));
        const w = readClassWeights('multiLabelSoftMargin', { classWeights }, x.shape.at(-1)!);
        return tf.mean(w ? tf.mul(losses, w) : losses, -1);
      },
      classWeightKinds,
      { labels: probabilities },
    ),
  );
