import { relu, sigmoid } from '@tenfold/activations';
import { assertOptions, count, func, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { Initializer } from '../initializers';
import { block } from '../model/block';
import { defineLayer } from '../model/define-layer';
import type { Layer } from '../model/layer';
import { activations, type LayerActivation } from '../ops/activate';
import { inputTensor } from '../ops/input-tensor';
import { type DenseParams, dense } from './dense';

export interface SqueezeExciteOptions {
  /** Size of the last axis. */
  channels: number;
  /** Size of the hidden layer; channels/16 by default, at least 1. */
  hiddenChannels?: number;
  /** Activation function of the hidden layer; `relu` by default. */
  activation?: LayerActivation;
  /** Function that makes the factors of the channels, such as `hardSigmoid`; `sigmoid` by default. */
  gate?: LayerActivation;
  /** Initializer of both kernels; `torchUniform()` by default. */
  initializer?: Initializer;
}

/** The parameters of {@link squeezeExcite}. */
export interface SqueezeExciteParams {
  /** The first dense layer. */
  squeeze: DenseParams;
  /** The second dense layer. */
  excite: DenseParams;
}

/**
 * Squeeze-and-excitation: scales each channel by a factor that depends on the means of all channels.
 *
 * y = x·s, s = σ(W₂·f(W₁·mean(x) + b₁) + b₂), with the mean of each channel over all positions
 *
 * @returns a layer that keeps the shape [batch, positions, …, channels]
 * @throws when an option is unknown or out of range, or the input is not such a batch of at least one position
 * @example
 * sequential([conv2d({ inChannels: 3, outChannels: 64, kernelSize: 3 }), squeezeExcite({ channels: 64 })]);
 * @see Hu, Shen, Albanie, Sun, Wu, "Squeeze-and-Excitation Networks", 2017, https://arxiv.org/abs/1709.01507, section 3
 */
export function squeezeExcite(options: SqueezeExciteOptions): Layer<SqueezeExciteParams> {
  assertOptions('squeezeExcite', options, {
    channels: required(count),
    hiddenChannels: count,
    activation: activations,
    gate: activations,
    initializer: func,
  });
  const { channels, activation = relu, gate = sigmoid, initializer } = options;
  const { hiddenChannels = Math.max(1, Math.floor(channels / 16)) } = options;
  const layers = {
    squeeze: dense({ inFeatures: channels, outFeatures: hiddenChannels, activation, initializer }),
    excite: dense({ inFeatures: hiddenChannels, outFeatures: channels, activation: gate, initializer }),
  };
  return defineLayer(
    'squeezeExcite',
    block(layers, (l, input) => {
      const x = inputTensor('squeezeExcite', input);
      const positions = tf.util.sizeFromShape(x.shape.slice(1, -1));
      if (x.rank < 3 || x.shape.at(-1) !== channels || positions === 0) {
        throw new Error(
          `squeezeExcite: the input has shape [${x.shape}]; give a batch [batch, positions, …, ${channels}] of at least one position, because channels is ${channels}`,
        );
      }
      const flat = tf.reshape(x, [x.shape[0]!, positions, channels]);
      const factors = l.excite(l.squeeze(tf.mean(flat, 1)));
      return tf.reshape(tf.mul(flat, tf.expandDims(factors, 1)), x.shape);
    }),
  );
}
