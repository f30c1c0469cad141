import { fused, withGradient } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Normalizes along the last axis, with the exact gradient.
 *
 * x̂ = (x − μ)·r, r = 1/√(σ² + ε), y = γ·x̂ + β;
 * dβ = Σ dy, dγ = Σ dy·x̂ (sums over all positions), g = γ·dy, dx = r·(g − mean(g) − x̂·mean(g·x̂))
 */
export function normalizeRows(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, epsilon: number): tf.Tensor {
  return withGradient([x, gamma, beta], {
    forward() {
      const [value, mean, rstd] = fused('LayerNorm', { x, gamma, beta }, { epsilon }, () =>
        forward(x, gamma, beta, epsilon),
      );
      return { value: value!, saved: [x, mean!, rstd!, gamma] };
    },
    backward: (dy, [x, mean, rstd, gamma]) =>
      fused('LayerNormGrad', { dy, x: x!, mean: mean!, rstd: rstd!, gamma: gamma! }, {}, () =>
        backward(dy, x!, mean!, rstd!, gamma!),
      ),
  });
}

// [y, μ, r]
function forward(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, epsilon: number): tf.Tensor[] {
  const first = tf.mean(x, -1, true);
  // The rounding error of a large mean can be as large as a small spread around it, so the remaining mean is subtracted too.
  const rest = tf.mean(tf.sub(x, first), -1, true);
  const centered = tf.sub(tf.sub(x, first), rest);
  const rstd = tf.rsqrt(tf.add(tf.mean(tf.square(centered), -1, true), epsilon));
  return [tf.add(tf.mul(tf.mul(centered, rstd), gamma), beta), tf.add(first, rest), rstd];
}

// [dx, dγ, dβ]
function backward(
  dy: tf.Tensor,
  x: tf.Tensor,
  mean: tf.Tensor,
  rstd: tf.Tensor,
  gamma: tf.Tensor,
): tf.Tensor[] {
  const positions = x.shape.map((_, i) => i).slice(0, -1);
  const normalized = tf.mul(tf.sub(x, mean), rstd);
  const scaled = tf.mul(dy, gamma);
  const along = tf.mul(normalized, tf.mean(tf.mul(scaled, normalized), -1, true));
  const dx = tf.mul(rstd, tf.sub(tf.sub(scaled, tf.mean(scaled, -1, true)), along));
  return [dx, tf.sum(tf.mul(dy, normalized), positions), tf.sum(dy, positions)];
}
