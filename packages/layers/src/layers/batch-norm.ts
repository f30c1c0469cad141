import { assertOptions, count, flag, portion, positive, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { ones, zeros } from '../initializers';
import { defineLayer } from '../model/define-layer';
import type { Layer } from '../model/layer';
import { parameter } from '../model/parameter';
import { activate, activations, type LayerActivation } from '../ops/activate';
import { assertBatch, inputTensor } from '../ops/input-tensor';
import { normalizeBatch } from '../ops/normalize-batch';

export interface BatchNormOptions {
  /** Size of the last axis; each channel has its own statistics. */
  channels: number;
  /** Added to the variance, above 0; 1e-5 by default. */
  epsilon?: number;
  /** Weight of the current batch in the running statistics, in (0, 1]; 0.1 by default, as in PyTorch. */
  momentum?: number;
  /** Whether the scale γ is trained; otherwise it is 1. True by default. */
  gamma?: boolean;
  /** Whether the shift β is trained; otherwise it is 0. True by default. */
  beta?: boolean;
  /** Activation function of the output, such as `gelu`, fused where the backend supports it; none by default. */
  activation?: LayerActivation;
}

/** The parameters of {@link batchNorm}. */
export interface BatchNormParams {
  /** Missing with `gamma: false`. */
  gamma?: tf.Variable;
  /** Missing with `beta: false`. */
  beta?: tf.Variable;
  /** [channels], frozen. */
  runningMean: tf.Variable;
  /** [channels], unbiased and frozen. */
  runningVariance: tf.Variable;
}

/**
 * Batch normalization over all axes but the last.
 *
 * y = γ·(x − μ)/√(σ² + ε) + β. In training, μ and σ² are the mean and (biased) variance of the batch, and the running
 * statistics are updated by r ← (1 − m)·r + m·(μ or n/(n − 1)·σ²); an empty batch does not change them. Otherwise μ and σ² are
 * the running statistics. With an activation f, the output is f(y); when fused, the gradient recomputes y from x, so that y is never stored.
 *
 * The squares of the distances from μ must be finite in float32, so distances up to about 1e19. A step of `@tenfold/training` that
 * would make a running statistic infinite is not taken.
 *
 * Runs the kernels `BatchNormTrain` and `BatchNormTrainGrad`, or `BatchNormActivation` and `BatchNormActivationGrad`, where
 * the backend has them.
 *
 * @returns a layer that keeps the shape [batch, …, channels]
 * @throws when an option is unknown or out of range, or the input's last axis is not channels
 * @example
 * sequential([conv2d({ inChannels: 3, outChannels: 64, kernelSize: 3, bias: false }), batchNorm({ channels: 64, activation: relu })]);
 * @see Ioffe, Szegedy, "Batch Normalization", 2015, https://arxiv.org/abs/1502.03167, algorithms 1 and 2
 */
export function batchNorm(options: BatchNormOptions): Layer<BatchNormParams> {
  assertOptions('batchNorm', options, {
    channels: required(count),
    epsilon: positive,
    momentum: portion,
    gamma: flag,
    beta: flag,
    activation: activations,
  });
  const { channels, epsilon = 1e-5, momentum = 0.1, gamma = true, beta = true, activation } = options;
  const shape = [channels];
  return defineLayer('batchNorm', {
    init: (rng) => ({
      ...(gamma && { gamma: parameter(shape, ones(), rng) }),
      ...(beta && { beta: parameter(shape, zeros(), rng) }),
      runningMean: parameter(shape, zeros(), rng, { trainable: false }),
      runningVariance: parameter(shape, ones(), rng, { trainable: false }),
    }),
    apply(params, input, { training }) {
      const x = inputTensor('batchNorm', input);
      assertBatch('batchNorm', x, 'channels', channels);
      const { gamma, beta, runningMean, runningVariance } = params;
      // A batch without elements has no statistics.
      if (!training || x.size === 0) {
        const y = normalizeRunning(x, runningMean, runningVariance, gamma, beta, epsilon);
        return activate('batchNorm', activation, y);
      }
      const n = x.size / channels;
      return normalizeBatch(x, { gamma, beta, epsilon, activation }, (mean, variance) => {
        const move = (running: tf.Variable, current: tf.Tensor) =>
          running.assign(tf.add(tf.mul(running, 1 - momentum), tf.mul(current, momentum)));
        move(runningMean, mean);
        move(runningVariance, tf.mul(variance, n > 1 ? n / (n - 1) : 1));
      });
    },
  });
}

// One multiplication and one addition per element: the statistics fold into a scale and a shift per channel.
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
