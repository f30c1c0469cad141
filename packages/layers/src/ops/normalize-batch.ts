import { canFuse, fused, withGradient } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { activate, type LayerActivation } from './activate';

interface BatchStatistics {
  gamma: tf.Tensor | undefined;
  beta: tf.Tensor | undefined;
  epsilon: number;
}

type OnStatistics = (mean: tf.Tensor, variance: tf.Tensor) => void;

/**
 * Normalizes a batch by its mean and variance over all axes but the last and applies an activation f, with the exact gradient.
 *
 * x̂ = (x − μ)·r, r = 1/√(σ² + ε), y = γ·x̂ + β, value f(y);
 * with g = dy·f'(y): dβ = Σ g, dγ = Σ g·x̂, dx = γ·r·(g − dβ/n − x̂·dγ/n), sums over the n elements of a channel
 *
 * @param onStatistics called with μ and the biased σ², which are disposed when it returns
 */
export function normalizeBatch(
  x: tf.Tensor,
  { activation, ...affine }: BatchStatistics & { activation: LayerActivation | undefined },
  onStatistics: OnStatistics,
): tf.Tensor {
  const name = activation?.kernel;
  if (activation && name !== undefined && canFuse('BatchNormActivation', name)) {
    return normalizeAndActivate(x, affine, activation, name, onStatistics);
  }
  return activate('batchNorm', activation, normalize(x, affine, onStatistics));
}

function normalize(
  x: tf.Tensor,
  { gamma, beta, epsilon }: BatchStatistics,
  onStatistics: OnStatistics,
): tf.Tensor {
  const inputs = [x, gamma, beta].filter((t) => t !== undefined);
  return withGradient(inputs, {
    forward() {
      const [value, mean, variance] = fused('BatchNormTrain', { x, gamma, beta }, { epsilon }, () =>
        forward(x, gamma, beta, epsilon),
      );
      onStatistics(mean!, variance!);
      return { value: value!, saved: [x, mean!, variance!, ...(gamma ? [gamma] : [])] };
    },
    backward(dy, [x, mean, variance, savedGamma]) {
      const named = { dy, x: x!, mean: mean!, variance: variance!, gamma: savedGamma };
      const [dx, dgamma, dbeta] = fused('BatchNormTrainGrad', named, { epsilon }, () =>
        backward(dy, x!, mean!, variance!, savedGamma, epsilon),
      );
      return [dx!, ...(gamma ? [dgamma!] : []), ...(beta ? [dbeta!] : [])];
    },
  });
}

function normalizeAndActivate(
  x: tf.Tensor,
  { gamma, beta, epsilon }: BatchStatistics,
  activation: LayerActivation,
  name: string,
  onStatistics: OnStatistics,
): tf.Tensor {
  const attributes = { epsilon, function: name };
  const names = [gamma && 'gamma', beta && 'beta'].filter((key) => key !== undefined);
  const parameters = [gamma, beta].filter((t) => t !== undefined);
  return withGradient([x, ...parameters], {
    forward() {
      const [value, mean, variance] = fused('BatchNormActivation', { x, gamma, beta }, attributes, () => {
        const [y, ...moments] = forward(x, gamma, beta, epsilon);
        return [activation(y!), ...moments];
      });
      onStatistics(mean!, variance!);
      return { value: value!, saved: [x, mean!, variance!, ...parameters] };
    },
    backward(dy, [x, mean, variance, ...saved]) {
      const affine = Object.fromEntries(names.map((key, i) => [key, saved[i]!]));
      const inputs = { dy, x: x!, mean: mean!, variance: variance!, ...affine };
      const [dx, dgamma, dbeta] = fused('BatchNormActivationGrad', inputs, attributes, () => {
        const normalized = tf.mul(tf.sub(x!, mean!), tf.rsqrt(tf.add(variance!, epsilon)));
        const scaled = affine.gamma ? tf.mul(normalized, affine.gamma) : normalized;
        const y = affine.beta ? tf.add(scaled, affine.beta) : scaled;
        return backward(tf.grad(activation)(y, dy), x!, mean!, variance!, affine.gamma, epsilon);
      });
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
  const first = tf.mean(x, axes);
  // The rounding error of a large mean can be as large as a small spread around it, so the remaining mean is subtracted too.
  const rest = tf.mean(tf.sub(x, first), axes);
  const centered = tf.sub(tf.sub(x, first), rest);
  const variance = tf.mean(tf.square(centered), axes);
  const inverse = tf.rsqrt(tf.add(variance, epsilon));
  const y = tf.mul(centered, gamma ? tf.mul(inverse, gamma) : inverse);
  return [beta ? tf.add(y, beta) : y, tf.add(first, rest), variance];
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
  const centered = tf.sub(tf.sub(dy, tf.div(dbeta, n)), tf.mul(normalized, tf.div(dgamma, n)));
  return [tf.mul(centered, gamma ? tf.mul(inverse, gamma) : inverse), dgamma, dbeta];
}

const allButLast = (x: tf.Tensor) => x.shape.map((_, i) => i).slice(0, -1);
