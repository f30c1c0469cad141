import * as tf from '@tensorflow/tfjs-core';
import { type Activation, activate } from './activate';
import { hasKernels, runKernel, withGradient } from './with-gradient';

interface Affine {
  gamma: tf.Tensor | undefined;
  beta: tf.Tensor | undefined;
  epsilon: number;
}

type OnStatistics = (mean: tf.Tensor, variance: tf.Tensor) => void;

/**
 * Normalises a batch by its own mean and variance over all axes but the last and applies an activation, with the exact
 * gradient.
 *
 * x̂ = (x − μ)·r, r = 1/√(σ² + ε), y = γ·x̂ + β, the value f(y);
 * with g = dy·f'(y): dβ = Σ g, dγ = Σ g·x̂, dx = γ·r·(g − dβ/n − x̂·dγ/n), sums over the n elements of a channel
 *
 * @param onStatistics told μ and the biased σ², which are disposed when it returns
 */
export function normalizeBatch(
  x: tf.Tensor,
  { activation, ...affine }: Affine & { activation: Activation },
  onStatistics: OnStatistics,
): tf.Tensor {
  if (activation === 'none') return normalize(x, affine, onStatistics);
  if (hasKernels('BatchNormActivation', 'BatchNormActivationGrad')) {
    return normalizeAndActivate(x, affine, activation, onStatistics);
  }
  return activate(activation, normalize(x, affine, onStatistics));
}

function normalize(x: tf.Tensor, { gamma, beta, epsilon }: Affine, onStatistics: OnStatistics): tf.Tensor {
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

function normalizeAndActivate(
  x: tf.Tensor,
  { gamma, beta, epsilon }: Affine,
  activation: Activation,
  onStatistics: OnStatistics,
): tf.Tensor {
  const parameters = { ...(gamma && { gamma }), ...(beta && { beta }) };
  const names = Object.keys(parameters);
  return withGradient([x, ...Object.values(parameters)], {
    forward() {
      const [value, mean, variance] = runKernel(
        'BatchNormActivation',
        { x, ...parameters },
        { epsilon, activation },
      );
      onStatistics(mean!, variance!);
      return { value: value!, saved: [x, mean!, variance!, ...Object.values(parameters)] };
    },
    backward(dy, [x, mean, variance, ...saved]) {
      const named = Object.fromEntries(names.map((name, i) => [name, saved[i]!]));
      const inputs = { dy, x: x!, mean: mean!, variance: variance!, ...named };
      const [dx, dgamma, dbeta] = runKernel('BatchNormActivationGrad', inputs, { epsilon, activation });
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
