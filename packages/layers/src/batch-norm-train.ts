import * as tf from '@tensorflow/tfjs-core';
import { hasKernels, runKernel, withGradient } from './with-gradient';

/**
 * Normalises a batch by its own mean and variance over all axes but the last, with the exact gradient.
 *
 * x̂ = (x − μ)·r, r = 1/√(σ² + ε), y = γ·x̂ + β;
 * dβ = Σ dy, dγ = Σ dy·x̂, dx = γ·r·(dy − dβ/n − x̂·dγ/n), sums over the n elements of a channel
 *
 * @param onStatistics told μ and the biased σ², which are disposed when it returns
 */
export function normalizeBatch(
  x: tf.Tensor,
  gamma: tf.Tensor | undefined,
  beta: tf.Tensor | undefined,
  epsilon: number,
  onStatistics: (mean: tf.Tensor, variance: tf.Tensor) => void,
): tf.Tensor {
  const inputs = [x, gamma, beta].filter((t) => t !== undefined);
  const fused = hasKernels('BatchNormTrain', 'BatchNormTrainGrad');
  return withGradient(inputs, {
    forward(x) {
      const named = { x: x!, ...(gamma && { gamma }), ...(beta && { beta }) };
      const [value, mean, variance] = fused
        ? runKernel('BatchNormTrain', named, { epsilon })
        : forward(x!, gamma, beta, epsilon);
      onStatistics(mean!, variance!);
      return { value: value!, saved: [x!, mean!, variance!, ...(gamma ? [gamma] : [])] };
    },
    backward(dy, [x, mean, variance, savedGamma]) {
      const named = { dy, x: x!, mean: mean!, variance: variance!, ...(gamma && { gamma: savedGamma! }) };
      const [dx, dgamma, dbeta] = fused
        ? runKernel('BatchNormTrainGrad', named, { epsilon })
        : backward(dy, x!, mean!, variance!, savedGamma, epsilon);
      return [dx!, ...(gamma ? [dgamma!] : []), ...(beta ? [dbeta!] : [])];
    },
  });
}

// [y, μ, σ²]
function forward(
  x: tf.Tensor,
  gamma: tf.Tensor | undefined,
  beta: tf.Tensor | undefined,
  epsilon: number,
): tf.Tensor[] {
  const axes = allButLast(x);
  const mean = tf.mean(x, axes);
  const centred = tf.sub(x, mean);
  const variance = tf.mean(tf.square(centred), axes);
  const inverse = tf.rsqrt(tf.add(variance, epsilon));
  const y = tf.mul(centred, gamma ? tf.mul(inverse, gamma) : inverse);
  return [beta ? tf.add(y, beta) : y, mean, variance];
}

// [dx, dγ, dβ]
function backward(
  dy: tf.Tensor,
  x: tf.Tensor,
  mean: tf.Tensor,
  variance: tf.Tensor,
  gamma: tf.Tensor | undefined,
  epsilon: number,
): tf.Tensor[] {
  const axes = allButLast(x);
  const n = x.size / x.shape.at(-1)!;
  const inverse = tf.rsqrt(tf.add(variance, epsilon));
  const normalized = tf.mul(tf.sub(x, mean), inverse);
  const dbeta = tf.sum(dy, axes);
  const dgamma = tf.sum(tf.mul(dy, normalized), axes);
  const centred = tf.sub(tf.sub(dy, tf.div(dbeta, n)), tf.mul(normalized, tf.div(dgamma, n)));
  return [tf.mul(centred, gamma ? tf.mul(inverse, gamma) : inverse), dgamma, dbeta];
}

const allButLast = (x: tf.Tensor) => x.shape.map((_, i) => i).slice(0, -1);
