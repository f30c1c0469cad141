import * as tf from '@tensorflow/tfjs-core';
import { ones, zeros } from '../initializers';
import type { Layer, Params } from '../model/layer';
import { assertSizes, parameter } from '../model/parameter';
import { type Activation, activate, assertActivation } from '../ops/activate';
import { normalizeBatch } from '../ops/batch-norm-train';

export interface BatchNormOptions {
  /** Size of the last axis; every channel has its own statistics. */
  channels: number;
  /** Added to the variance, > 0; 1e-5 by default. */
  epsilon?: number;
  /** Weight of the new batch in the running statistics, in (0, 1]; 0.1 by default, as in PyTorch. */
  momentum?: number;
  /** Whether the scale γ is trained (else it is 1); true by default. */
  scale?: boolean;
  /** Whether the shift β is trained (else it is 0); true by default. */
  shift?: boolean;
  /** What is applied to the normalised values, 'none' by default; in one pass with them where the backend can. */
  activation?: Activation;
}

export interface BatchNormParams extends Params {
  runningMean: tf.Variable;
  runningVariance: tf.Variable;
}

/**
 * Batch normalisation over all axes but the last.
 *
 * y = γ·(x − μ)/√(σ² + ε) + β. In training μ and σ² are the mean and (biased) variance of the batch, and the running
 * statistics move by r ← (1 − m)·r + m·(μ or n/(n − 1)·σ²). Otherwise μ and σ² are the running statistics. With an
 * activation f the output is f(y); its gradient computes y again from x, so that y itself is never kept.
 *
 * Runs the kernels `BatchNormTrain` and `BatchNormTrainGrad`, or `BatchNormActivation` and `BatchNormActivationGrad`, where
 * the backend has them.
 *
 * @returns a layer that keeps the shape [batch, …, channels]
 * @throws when a size or number is out of its range, or the input's last axis is not channels
 * @example
 * sequential([conv2d({ inChannels: 3, outChannels: 64, kernelSize: 3, bias: false }), batchNorm({ channels: 64, activation: 'relu' })]);
 * @see Ioffe, Szegedy, "Batch Normalization", 2015, https://arxiv.org/abs/1502.03167, algorithms 1 and 2
 */
export function batchNorm({
  channels,
  epsilon = 1e-5,
  momentum = 0.1,
  scale = true,
  shift = true,
  activation = 'none',
}: BatchNormOptions): Layer<BatchNormParams> {
  assertSizes('batchNorm', { channels });
  assertActivation('batchNorm', activation);
  if (!(epsilon > 0))
    throw new Error(`batchNorm: epsilon is ${epsilon}; give a positive number such as 1e-5`);
  if (!(momentum > 0 && momentum <= 1)) {
    throw new Error(
      `batchNorm: momentum is ${momentum}; give a number in (0, 1], the weight of the new batch`,
    );
  }
  const shape = [channels];
  return {
    init: (rng) => ({
      ...(scale && { gamma: parameter(shape, ones(), rng) }),
      ...(shift && { beta: parameter(shape, zeros(), rng) }),
      runningMean: parameter(shape, zeros(), rng, { trainable: false }),
      runningVariance: parameter(shape, ones(), rng, { trainable: false }),
    }),
    apply(params, x, { training }) {
      if (x.shape.at(-1) !== channels) {
        throw new Error(
          `batchNorm: the input has shape [${x.shape}] but channels is ${channels}; its last axis must have that size`,
        );
      }
      const { runningMean, runningVariance } = params;
      const gamma = scale ? (params.gamma as tf.Variable) : undefined;
      const beta = shift ? (params.beta as tf.Variable) : undefined;
      if (!training) {
        const y = normalizeRunning(x, runningMean, runningVariance, gamma, beta, epsilon);
        return activate(activation, y);
      }
      const n = x.size / channels;
      return normalizeBatch(x, { gamma, beta, epsilon, activation }, (mean, variance) => {
        const move = (running: tf.Variable, now: tf.Tensor) =>
          running.assign(tf.add(tf.mul(running, 1 - momentum), tf.mul(now, momentum)));
        move(runningMean, mean);
        move(runningVariance, tf.mul(variance, n > 1 ? n / (n - 1) : 1));
      });
    },
  };
}

// One multiply and one add per element: the statistics fold into a scale and a shift per channel.
function normalizeRunning(
  x: tf.Tensor,
  mean: tf.Tensor,
  variance: tf.Tensor,
  gamma: tf.Tensor | undefined,
  beta: tf.Tensor | undefined,
  epsilon: number,
): tf.Tensor {
  const inverse = tf.rsqrt(tf.add(variance, epsilon));
  const factor = gamma ? tf.mul(inverse, gamma) : inverse;
  const offset = tf.neg(tf.mul(mean, factor));
  return tf.add(tf.mul(x, factor), beta ? tf.add(offset, beta) : offset);
}
