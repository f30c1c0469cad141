import { assertOptions, count, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { torchUniform } from '../initializers';
import { defineLayer } from '../model/define-layer';
import type { Layer } from '../model/layer';
import { parameter } from '../model/parameter';
import { activate } from '../ops/activate';
import {
  assertGroups,
  type ConvolutionParameterOptions,
  channelKinds,
  parameterKinds,
  termsOf,
} from '../ops/convolution-options';
import { convolve, onlyRelu } from '../ops/convolve';
import { assertSequences, inputTensor } from '../ops/input-tensor';
import { assertWindowFits, lengthPaddings } from '../ops/window';

export interface Conv1dOptions extends ConvolutionParameterOptions {
  /** Number of input channels. */
  inChannels: number;
  /** Number of output channels. */
  outChannels: number;
  /** Length of the kernel. */
  kernelSize: number;
  /** Stride; 1 by default. */
  strides?: number;
  /**
   * Zeros around the sequence; 'same' by default. 'same' adds the number of zeros that makes the output ⌈length/stride⌉ long,
   * half of them on each side and an odd one at the end. 'valid' adds none. A number adds that many zeros on both sides, as in
   * PyTorch.
   */
  padding?: 'same' | 'valid' | number;
  /** Dilation; 1 by default. */
  dilations?: number;
  /**
   * Number of groups; 1 by default. It must divide inChannels and outChannels. The channels of each group of outputs see only
   * those of the same group of inputs.
   */
  groups?: number;
}

/** The parameters of {@link conv1d}. */
export interface Conv1dParams {
  /** [length, inChannels/groups, outChannels]. */
  kernel: tf.Variable;
  /** Missing with `bias: false`. */
  bias?: tf.Variable;
}

/**
 * One-dimensional convolution of sequences [batch, length, channels], with an optional activation: `conv2d` of images that are
 * one pixel high.
 *
 * y[n, i, o] = b[o] + Σ_{u,c} x[n, s·i + d·u − p, c]·W[u, c, o], stride s, dilation d, padding p; with groups, c runs over the
 * channels of the group of o
 *
 * @returns a layer from [batch, length, inChannels] to [batch, length', outChannels]; for 'same' length' = ⌈length/s⌉,
 *   otherwise ⌊(length + 2·p − d·(kernel − 1) − 1)/s⌋ + 1
 * @throws when an option is unknown or out of range, groups does not divide the channels, or the input is not a batch of such
 *   sequences or is shorter than the kernel
 * @example
 * conv1d({ inChannels: 8, outChannels: 16, kernelSize: 5 });
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Conv1d.html
 */
export function conv1d(options: Conv1dOptions): Layer<Conv1dParams> {
  assertOptions('conv1d', options, {
    ...channelKinds,
    kernelSize: required(count),
    strides: count,
    padding: lengthPaddings,
    dilations: count,
    groups: count,
    ...parameterKinds,
  });
  const { inChannels, outChannels, groups = 1, padding = 'same', bias = true, activation } = options;
  const { kernelSize, strides = 1, dilations = 1 } = options;
  assertGroups('conv1d', groups, { inChannels, outChannels });
  const terms = termsOf('conv1d', options, [kernelSize], { inChannels }, groups);
  const { initializer = torchUniform(), biasInitializer = torchUniform({ fanIn: terms }) } = options;
  const relu = onlyRelu(activation);
  return defineLayer('conv1d', {
    init: (rng) => ({
      kernel: parameter([kernelSize, inChannels / groups, outChannels], initializer, rng.fork('kernel')),
      ...(bias && { bias: parameter([outChannels], biasInitializer, rng.fork('bias')) }),
    }),
    apply(params, input) {
      const x = inputTensor('conv1d', input);
      assertSequences('conv1d', x, inChannels);
      assertWindowFits('conv1d', x, [kernelSize], padding, [dilations]);
      const [batch, length] = x.shape as [number, number];
      const y = convolve(
        tf.reshape(x, [batch, 1, length, inChannels]),
        tf.reshape(params.kernel, [1, kernelSize, inChannels / groups, outChannels]),
        params.bias,
        {
          // One row has one result for any stride; kernels for equal strides are the usual ones.
          strides: [strides, strides],
          padding: typeof padding === 'number' ? [0, padding] : padding,
          dilations: [1, dilations],
          groups,
          winograd: true,
          relu,
        },
      );
      const sequences = tf.reshape(y, [batch, y.shape[2]!, outChannels]);
      return relu ? sequences : activate('conv1d', activation, sequences);
    },
  });
}
