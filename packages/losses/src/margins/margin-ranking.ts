import { finite } from '@tenfold/checks';
import { floatTensor, type Input } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { signs } from '../domain';
import { createLoss, type Loss } from '../loss';
import { assertShape, readTwo, type Two } from '../parts';
import type { ReductionOptions } from '../weighting';

export interface MarginRankingOptions extends ReductionOptions {
  /** m, by which the score that is to be larger has to exceed the other; 0 by default. */
  margin?: number;
}

/**
 * Margin ranking loss of two scores: the first is to be larger for the label 1, the second for −1.
 *
 * lᵢ = max(m − y·(x₁ − x₂), 0)
 *
 * @param labels y: any shape, −1 or 1; for 0 the loss is NaN
 * @param predictions [x₁, x₂]: two tensors of scores in ℝ, each in the shape of the labels
 * @returns a scalar, or the shape of the labels for the reduction 'none'; ≥ 0 for a margin ≥ 0
 * @throws when the shapes differ, predictions are not two tensors, margin is not finite, or the weights do not fit
 * @example
 * marginRanking([1, -1], [[2, 1], [3, 0]]); // (1 + 1) / 2 = 1
 * @see PyTorch, https://pytorch.org/docs/stable/generated/torch.nn.MarginRankingLoss.html
 */
export const marginRanking: Loss<MarginRankingOptions, Input, Two> = /* @__PURE__ */ createLoss<
  MarginRankingOptions,
  Input,
  Two
>({
  name: 'marginRanking',
  prepare: (labels, predictions) => {
    const y = floatTensor('marginRanking', 'labels', labels);
    const [a, b] = readTwo('marginRanking', predictions);
    assertShape('marginRanking', ['labels', y], ['predictions[0]', a.shape]);
    return { labels: [y], predictions: [a, b], shape: y.shape };
  },
  formula: ([y], [a, b], { margin = 0 }) => tf.relu(tf.sub(margin, tf.mul(y!, tf.sub(a!, b!)))),
  kinds: { margin: finite },
  domain: { labels: signs },
});
