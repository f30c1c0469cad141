import { anything, oneOf } from '@tenfold/checks';
import { floatTensor, type Input } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';

export interface ReductionOptions {
  /**
   * Weights ≥ 0 of the examples, all 1 by default. Their shape is that of the losses, or its beginning: [batch] for losses
   * [batch, features]. A weight below 0, NaN or infinite is refused in an array, and makes the loss NaN in a tensor, whose
   * values are not read. An example of weight 0 counts for nothing, even where its label or prediction is NaN or infinite.
   */
  weights?: Input;
  /** 'mean': Σ wᵢ·lᵢ / Σ wᵢ. 'sum': Σ wᵢ·lᵢ. 'none': wᵢ·lᵢ. 'mean' by default. */
  reduction?: 'none' | 'mean' | 'sum';
}

export const reductionKinds = { weights: anything, reduction: oneOf('mean', 'sum', 'none') };

/** A number among nested numbers that cannot be a weight. */
function findWrong(weights: tf.TensorLike): number | undefined {
  if (typeof weights === 'number') return weights >= 0 && weights < Infinity ? undefined : weights;
  if (typeof weights !== 'object') return undefined;
  for (const entry of weights as ArrayLike<tf.TensorLike> & Iterable<tf.TensorLike>) {
    const wrong = findWrong(entry);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

/** One weight for each of the losses, NaN where one is negative or infinite; undefined when none are given. */
export function weightsOf(name: string, weights: Input | undefined, shape: number[]): tf.Tensor | undefined {
  if (weights === undefined) return undefined;
  const w = floatTensor(name, 'weights', weights);
  const wrong = weights instanceof tf.Tensor ? undefined : findWrong(weights);
  if (wrong !== undefined) {
    throw new Error(`${name}: a weight is ${wrong}; give finite numbers of at least 0`);
  }
  if (w.rank > shape.length || w.shape.some((size, i) => size !== 1 && size !== shape[i])) {
    throw new Error(
      `${name}: weights have shape [${w.shape}] but the losses have shape [${shape}]; give one weight for each example, of shape [${shape}] or the beginning of it`,
    );
  }
  const aligned = tf.reshape(w, [...w.shape, ...shape.slice(w.rank).map(() => 1)]);
  return tf.broadcastTo(
    tf.where(
      tf.logicalAnd(tf.greaterEqual(aligned, 0), tf.isFinite(aligned)),
      aligned,
      tf.fill([], Number.NaN),
    ),
    shape,
  );
}

/**
 * Labels or predictions in which those of weight 0 are one half: a number at which every loss and its gradient are finite,
 * so that a product with the weight is 0, where 0·∞ and 0·NaN would be NaN.
 */
export function maskUnweighted(x: tf.Tensor, weights: tf.Tensor): tf.Tensor {
  const perExample = tf.reshape(weights, [...weights.shape, ...x.shape.slice(weights.rank).map(() => 1)]);
  return tf.where(tf.broadcastTo(tf.equal(perExample, 0), x.shape), tf.fill(x.shape, 0.5), x);
}

/** Weighs and reduces the losses of the examples; the mean of no example, or of weights that are all 0, is 0. */
export function reduce(
  losses: tf.Tensor,
  weights: tf.Tensor | undefined,
  reduction: 'none' | 'mean' | 'sum',
): tf.Tensor {
  const weighted = weights ? tf.mul(losses, weights) : losses;
  if (reduction === 'none') return weighted;
  if (reduction === 'sum') return tf.sum(weighted);
  // Weights that are all 0 give 0/tiny = 0.
  if (weights) return tf.div(tf.sum(weighted), tf.maximum(tf.sum(weights), 1e-30));
  return losses.size === 0 ? tf.scalar(0) : tf.mean(losses);
}
