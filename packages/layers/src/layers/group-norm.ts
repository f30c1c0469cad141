import { assertOptions, count, positive, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { ones, zeros } from '../initializers';
import { defineLayer } from '../model/define-layer';
import type { Layer } from '../model/layer';
import { parameter } from '../model/parameter';
import { assertBatch, inputTensor } from '../ops/input-tensor';

export interface GroupNormOptions {
  /** Size of the last axis. */
  channels: number;
  /** Number of groups; must divide channels. 1 normalizes all channels together, `channels` each channel separately. */
  groups: number;
  /** Added to the variance, above 0; 1e-5 by default. */
  epsilon?: number;
}

/** The parameters of {@link groupNorm}. */
export interface GroupNormParams {
  /** Scale, [channels]. */
  gamma: tf.Variable;
  /** Shift, [channels]. */
  beta: tf.Variable;
}

/**
 * Group normalization: in each example, normalizes each group of channels by its mean and variance over all positions. It does
 * not depend on the batch.
 *
 * y = γ·(x − μ)/√(σ² + ε) + β, with μ and the biased σ² per group, γ and β per channel; the same in training and afterwards
 *
 * The squares of the distances from μ must be finite in float32: a distance above about 1e19 gives 0.
 *
 * @returns a layer that keeps the shape [batch, …, channels]; γ starts at 1 and β at 0
 * @throws when an option is unknown or out of range, groups does not divide channels, or the input's last axis is not channels
 * @example
 * sequential([conv2d({ inChannels: 3, outChannels: 64, kernelSize: 3 }), groupNorm({ channels: 64, groups: 8 }), relu]);
 * @see Wu, He, "Group Normalization", 2018, https://arxiv.org/abs/1803.08494, equations 1 to 7
 */
export function groupNorm(options: GroupNormOptions): Layer<GroupNormParams> {
  assertOptions('groupNorm', options, {
    channels: required(count),
    groups: required(count),
    epsilon: positive,
  });
  const { channels, groups, epsilon = 1e-5 } = options;
  if (channels % groups !== 0) {
    throw new Error(
      `groupNorm: channels is ${channels} and groups is ${groups}; groups must divide channels`,
    );
  }
  return defineLayer('groupNorm', {
    init: (rng) => ({ gamma: parameter([channels], ones(), rng), beta: parameter([channels], zeros(), rng) }),
    apply({ gamma, beta }, input) {
      const x = inputTensor('groupNorm', input);
      assertBatch('groupNorm', x, 'channels', channels);
      // [batch, positions, groups, channels of a group]; tfjs cannot infer the positions of an empty batch.
      const positions = tf.util.sizeFromShape(x.shape.slice(1, -1));
      const grouped = tf.reshape(x, [x.shape[0]!, positions, groups, channels / groups]);
      const centered = tf.sub(grouped, tf.mean(grouped, [1, 3], true));
      const variance = tf.mean(tf.square(centered), [1, 3], true);
      const normalized = tf.reshape(tf.mul(centered, tf.rsqrt(tf.add(variance, epsilon))), x.shape);
      return tf.add(tf.mul(normalized, gamma), beta);
    },
  });
}
