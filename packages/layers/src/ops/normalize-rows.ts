import * as tf from '@tensorflow/tfjs-core';
import { hasKernels, runKernel, withGradient } from './with-gradient';

/**
 * Normalises along the last axis, with the exact gradient.
 *
 * x̂ = (x − μ)·r, r = 1/√(σ² + ε), y = γ·x̂ + β;
 * dβ = Σ dy, dγ = Σ dy·x̂ (sums over all positions), g = γ·dy, dx = r·(g − mean(g) − x̂·mean(g·x̂))
 */
export function normalizeRows(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, epsilon: number): tf.Tensor {
  const fused = hasKernels('LayerNorm', 'LayerNormGrad');
  return withGradient([x, gamma, beta], {
    forward() {
      const [value, mean, rstd] = fused
        ? runKernel('LayerNorm', { x, gamma, beta }, { epsilon })
        : forward(x, gamma, beta, epsilon);
      return { value: value!, saved: [x, mean!, rstd!, gamma] };
    },
    backward: (dy, [x, mean, rstd, gamma]) =>
      fused
        ? runKernel('LayerNormGrad', { dy, x: x!, mean: mean!, rstd: rstd!, gamma: gamma! }, {})
        : backward(dy, x!, mean!, rstd!, gamma!),
  });
}

// [y, μ, r]
function forward(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, epsilon: number): tf.Tensor[] {
  const mean = tf.mean(x, -1, true);
  const centred = tf.sub(x, mean);
  const rstd = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon));
  return [tf.add(tf.mul(tf.mul(centred, rstd), gamma), beta), mean, rstd];
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
