import { anything, oneOf } from '@tenfold/checks';
import { floatTensor, type Input } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';

export interface ReductionOptions {
  /**
   * Weights ≥ 0 of the examples, all 1 by default. They have the shape of the losses or its leading axes, such as [batch] for
   * losses [batch, features]. A weight that is negative, NaN or out of float32's range is an error in an array; in a tensor,
   * whose values are not read, it makes the loss NaN. An example of weight 0 is ignored, even if its label or prediction is NaN or infinite.
   */
  weights?: Input;
  /** 'mean': Σ wᵢ·lᵢ / Σ wᵢ. 'sum': Σ wᵢ·lᵢ. 'none': wᵢ·lᵢ. 'mean' by default. */
  reduction?: 'none' | 'mean' | 'sum';
}

export const reductionKinds = { weights: anything, reduction: oneOf('mean', 'sum', 'none') };

/** Finds a number that is not a valid weight: float32 must represent it, and not as 0 unless it is 0. */
function findWrong(weights: tf.TensorLike): number | undefined {
  if (typeof weights === 'number') {
    const rounded = Math.fround(weights);
    return rounded >= 0 && rounded < Infinity && rounded > 0 === weights > 0 ? undefined : weights;
  }
  if (typeof weights !== 'object') return undefined;
  for (const entry of weights as ArrayLike<tf.TensorLike> & Iterable<tf.TensorLike>) {
    const wrong = findWrong(entry);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

/** Converts weights to a tensor, with NaN for each negative or infinite weight. */
export function readWeights(name: string, called: 'weights' | 'classWeights', weights: Input): tf.Tensor {
  const w = floatTensor(name, called, weights);
  const wrong = weights instanceof tf.Tensor ? undefined : findWrong(weights);
  if (wrong !== undefined) {
    const what = called === 'weights' ? 'a weight' : 'one of classWeights';
    throw new Error(`${name}: ${what} is ${wrong}; give 0 or numbers from 1e-45 to 3.4e38`);
  }
  const isValid = tf.logicalAnd(tf.greaterEqual(w, 0), tf.isFinite(w));
  return tf.where(isValid, w, tf.fill([], Number.NaN));
}

/** Broadcasts the weights to the shape of the losses. */
export function broadcastWeights(
  name: string,
  weights: Input | undefined,
  shape: number[],
): tf.Tensor | undefined {
  if (weights === undefined) return undefined;
  const w = readWeights(name, 'weights', weights);
  if (w.rank > shape.length || w.shape.some((size, i) => size !== 1 && size !== shape[i])) {
    throw new Error(
      `${name}: weights have shape [${w.shape}] but the losses have shape [${shape}]; give one weight for each example, in the shape [${shape}] or its leading axes`,
    );
  }
  return tf.broadcastTo(tf.reshape(w, [...w.shape, ...shape.slice(w.rank).map(() => 1)]), shape);
}

/**
 * Replaces labels or predictions of weight 0 by a number where every loss and its gradient are finite. The product with the
 * weight is then 0, whereas 0·∞ and 0·NaN would be NaN.
 */
export function maskUnweighted(x: tf.Tensor, weights: tf.Tensor, by = 0.5): tf.Tensor {
  const perExample = tf.reshape(weights, [...weights.shape, ...x.shape.slice(weights.rank).map(() => 1)]);
  return tf.where(tf.broadcastTo(tf.equal(perExample, 0), x.shape), tf.fill(x.shape, by), x);
}

/**
 * Weights and reduces the losses of the examples. The mean of an empty batch, or of weights that are all 0, is 0.
 *
 * @param shares what each example counts for in a mean, in addition to its weight; 1 if it is left out
 */
export function reduce(
  losses: tf.Tensor,
  weights: tf.Tensor | undefined,
  reduction: 'none' | 'mean' | 'sum',
  shares?: tf.Tensor,
): tf.Tensor {
  if (reduction === 'mean') {
    if (shares) return meanOfShares(losses, weights ?? tf.onesLike(losses), shares);
    return weights ? weightedMean(losses, weights) : mean(losses);
  }
  const weighted = weights ? tf.mul(losses, weights) : losses;
  return reduction === 'sum' ? tf.sum(weighted) : weighted;
}

// The mean of nothing would be NaN. Its sum is 0 and has a gradient.
const mean = (losses: tf.Tensor): tf.Tensor => (losses.size === 0 ? tf.sum(losses) : tf.mean(losses));

/** Σ wᵢ·lᵢ / Σ wᵢ of weights relative to the largest, so that their sum can neither overflow nor vanish. */
function weightedMean(losses: tf.Tensor, weights: tf.Tensor): tf.Tensor {
  if (losses.size === 0) return tf.sum(tf.mul(losses, weights));
  const relative = tf.div(weights, largestOf(weights));
  // The sum is at least 1, or 0 if all weights are 0. Then this is 0/1 = 0.
  return tf.div(tf.sum(tf.mul(losses, relative)), tf.maximum(tf.sum(relative), 1));
}

/** Σ wᵢ·lᵢ / Σ wᵢ·sᵢ. Where no share is above 0, the losses are 0 too. */
function meanOfShares(losses: tf.Tensor, weights: tf.Tensor, shares: tf.Tensor): tf.Tensor {
  if (losses.size === 0) return tf.sum(tf.mul(losses, weights));
  const relative = tf.div(weights, largestOf(weights));
  const total = tf.sum(tf.mul(relative, shares));
  return tf.div(tf.sum(tf.mul(losses, relative)), tf.where(tf.equal(total, 0), tf.onesLike(total), total));
}

function largestOf(weights: tf.Tensor): tf.Tensor {
  const largest = tf.max(weights);
  return tf.where(tf.greater(largest, 0), largest, 1);
}
