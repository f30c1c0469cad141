import * as tf from '@tensorflow/tfjs-core';
import { type AxisOptions, alongAxis } from './along-axis';
import { softmax } from './softmax';

export interface SoftminOptions extends AxisOptions {
  /** The axis whose entries sum to 1; a negative axis counts from the end. −1 by default. */
  axis?: number;
}

/**
 * Softmin: the softmax of the negative scores, so that the smallest one gets the largest probability.
 *
 * pᵢ = e^(−xᵢ) / Σⱼ e^(−xⱼ); dxᵢ = −pᵢ·(dyᵢ − Σⱼ dyⱼ·pⱼ)
 *
 * @param x rank 1 or more; values in ℝ, or ∞ for an entry of probability 0
 * @returns the shape of x; values in [0, 1] that sum to 1 along the axis
 * @throws when x has no such axis
 * @example
 * softmin([1, 2, 3]); // [0.6652, 0.2447, 0.0900]
 * @see PyTorch, https://pytorch.org/docs/stable/generated/torch.nn.Softmin.html
 */
export const softmin = /* @__PURE__ */ alongAxis<SoftminOptions>('softmin', (x) =>
  softmax<tf.Tensor>(tf.neg(x)),
);
