import { assertOptions, count, flag, positive, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { ones, zeros } from '../initializers';
import { defineLayer } from '../model/define-layer';
import type { Layer } from '../model/layer';
import { parameter } from '../model/parameter';
import { inputTensor } from '../ops/input-tensor';

export interface InstanceNormOptions {
  /** Size of the last axis. */
  channels: number;
  /** Added to the variance, above 0; 1e-5 by default. */
  epsilon?: number;
  /** Whether the scale γ is trained; otherwise it is 1. False by default, as in PyTorch. */
  gamma?: boolean;
  /** Whether the shift β is trained; otherwise it is 0. False by default, as in PyTorch. */
  beta?: boolean;
}

/** The parameters of {@link instanceNorm}. */
export interface InstanceNormParams {
  /** Scale, [channels]; missing without `gamma: true`. */
  gamma?: tf.Variable;
  /** Shift, [channels]; missing without `beta: true`. */
  beta?: tf.Variable;
}

/**
 * Instance normalization: in each example, normalizes each channel by its mean and variance over all positions.
 *
 * y = γ·(x − μ)/√(σ² + ε) + β, with μ and the biased σ² per example and channel; the same in training and afterwards
 *
 * The squares of the distances from μ must be finite in float32: a distance above about 1e19 gives 0.
 *
 * @returns a layer that keeps the shape [batch, …, channels]
 * @throws when an option is unknown or out of range, or the input is not such a batch of at least one position
 * @example
 * sequential([conv2d({ inChannels: 3, outChannels: 16, kernelSize: 3 }), instanceNorm({ channels: 16 }), relu]);
 * @see Ulyanov, Vedaldi, Lempitsky, "Instance Normalization", 2016, https://arxiv.org/abs/1607.08022, equation 4
 */
export function instanceNorm(options: InstanceNormOptions): Layer<InstanceNormParams> {
  assertOptions('instanceNorm', options, {
    channels: required(count),
    epsilon: positive,
    gamma: flag,
    beta: flag,
  });
  const { channels, epsilon = 1e-5, gamma = false, beta = false } = options;
  return defineLayer('instanceNorm', {
    init: (rng): InstanceNormParams => ({
      ...(gamma && { gamma: parameter([channels], ones(), rng) }),
      ...(beta && { beta: parameter([channels], zeros(), rng) }),
    }),
    apply({ gamma, beta }, input) {
      const x = inputTensor('instanceNorm', input);
      const positions = tf.util.sizeFromShape(x.shape.slice(1, -1));
      if (x.rank < 3 || x.shape.at(-1) !== channels || positions === 0) {
        throw new Error(
          `instanceNorm: the input has shape [${x.shape}]; give a batch [batch, positions, …, ${channels}] of at least one position, because channels is ${channels}`,
        );
      }
      const flat = tf.reshape(x, [x.shape[0]!, positions, channels]);
      const centered = tf.sub(flat, tf.mean(flat, 1, true));
      const variance = tf.mean(tf.square(centered), 1, true);
      const normalized = tf.mul(centered, tf.rsqrt(tf.add(variance, epsilon)));
      const scaled = gamma ? tf.mul(normalized, gamma) : normalized;
      return tf.reshape(beta ? tf.add(scaled, beta) : scaled, x.shape);
    },
  });
}
