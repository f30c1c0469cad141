import * as tf from '@tensorflow/tfjs-core';

export interface ReductionOptions {
  /** One weight ≥ 0 per example, a shape that broadcasts to the losses [batch, …]; all 1 by default. */
  weights?: tf.Tensor | tf.TensorLike;
  /** 'mean': Σ wᵢ·lᵢ / Σ wᵢ. 'sum': Σ wᵢ·lᵢ. 'none': wᵢ·lᵢ. 'mean' by default. */
  reduction?: 'none' | 'mean' | 'sum';
}

/** Weighs and reduces the losses of the examples; the mean of no example, or of weights that are all 0, is 0. */
export function reduce(
  name: string,
  losses: tf.Tensor,
  { weights, reduction = 'mean' }: ReductionOptions,
): tf.Tensor {
  if (weights === undefined) {
    if (reduction === 'none') return losses;
    if (reduction === 'sum') return tf.sum(losses);
    if (reduction === 'mean') return losses.size === 0 ? tf.scalar(0) : tf.mean(losses);
  } else {
    const w = weights instanceof tf.Tensor ? weights : tf.tensor(weights);
    const all = broadcastTo(name, w, losses.shape);
    const weighted = tf.mul(losses, all);
    if (reduction === 'none') return weighted;
    if (reduction === 'sum') return tf.sum(weighted);
    // Weights that are all 0 give 0/tiny = 0.
    if (reduction === 'mean') return tf.div(tf.sum(weighted), tf.maximum(tf.sum(all), 1e-30));
  }
  throw new Error(`${name}: reduction is ${JSON.stringify(reduction)}; give 'mean', 'sum' or 'none'`);
}

function broadcastTo(name: string, weights: tf.Tensor, shape: number[]): tf.Tensor {
  const padded = [...new Array(Math.max(0, shape.length - weights.rank)).fill(1), ...weights.shape];
  if (padded.length !== shape.length || padded.some((n, i) => n !== 1 && n !== shape[i])) {
    throw new Error(
      `${name}: weights have shape [${weights.shape}] but the losses have shape [${shape}]; give one weight per example`,
    );
  }
  return tf.broadcastTo(tf.cast(weights, 'float32'), shape);
}
