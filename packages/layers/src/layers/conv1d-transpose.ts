import { assertOptions, count, index, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { torchUniform } from '../initializers';
import { defineLayer } from '../model/define-layer';
import type { Layer } from '../model/layer';
import { parameter } from '../model/parameter';
import { activate } from '../ops/activate';
import { addBias } from '../ops/add-bias';
import {
  assertGroups,
  type ConvolutionParameterOptions,
  channelKinds,
  parameterKinds,
  termsOf,
} from '../ops/convolution-options';
import { assertSequences, inputTensor } from '../ops/input-tensor';
import {
  assertOutput,
  assertOutputPadding,
  type TransposedConvolution,
  transposedConvolution,
  transposedSize,
} from '../ops/transposed-convolution';
import { lengthPaddings } from '../ops/window';

export interface Conv1dTransposeOptions extends ConvolutionParameterOptions {
  /** Number of input channels. */
  inChannels: number;
  /** Number of output channels. */
  outChannels: number;
  /** Length of the kernel. */
  kernelSize: number;
  /** Stride of the output; 1 by default. */
  strides?: number;
  /**
   * What is cut off the output; 'same' by default. 'same' cuts or extends it to strides times the input's length, as Keras does.
   * 'valid' cuts nothing. A number cuts that many values on both sides, as in PyTorch.
   */
  padding?: 'same' | 'valid' | number;
  /** Values at the end of the output that padding does not cut; less than strides, 0 by default. 'same' takes none. */
  outputPadding?: number;
  /**
   * Number of groups; 1 by default. It must divide inChannels and outChannels. The channels of each group of outputs see only
   * those of the same group of inputs.
   */
  groups?: number;
}

/** The parameters of {@link conv1dTranspose}. */
export interface Conv1dTransposeParams {
  /** [length, outChannels/groups, inChannels]. */
  kernel: tf.Variable;
  /** Missing with `bias: false`. */
  bias?: tf.Variable;
}

/**
 * One-dimensional transposed convolution, which lengthens sequences: the gradient of `conv1d` for its input as a layer.
 *
 * y[n, s·i + u − p, o] = b[o] + Σ_{i,u,c} x[n, i, c]·W[u, o, c], stride s, padding p; with groups, c runs over the channels of the
 * group of o
 *
 * @returns a layer from [batch, length, inChannels] to [batch, length', outChannels]; for 'same' length' = s·length, otherwise
 *   (length − 1)·s − 2·p + kernel + outputPadding
 * @throws when an option is unknown or out of range, groups does not divide the channels, outputPadding is not less than strides or
 *   is given with 'same', or the input is not a batch of such sequences
 * @example
 * conv1dTranspose({ inChannels: 16, outChannels: 8, kernelSize: 4, strides: 2 }); // twice the length
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ConvTranspose1d.html
 */
export function conv1dTranspose(options: Conv1dTransposeOptions): Layer<Conv1dTransposeParams> {
  assertOptions('conv1dTranspose', options, {
    ...channelKinds,
    kernelSize: required(count),
    strides: count,
    padding: lengthPaddings,
    outputPadding: index,
    groups: count,
    ...parameterKinds,
  });
  const { inChannels, outChannels, groups = 1, padding = 'same', bias = true, activation } = options;
  const { kernelSize, strides = 1, outputPadding = 0 } = options;
  const numbers: TransposedConvolution = {
    strides: [1, strides],
    padding: typeof padding === 'number' ? [0, padding] : padding,
    outputPadding: [0, outputPadding],
    groups,
  };
  assertGroups('conv1dTranspose', groups, { inChannels, outChannels });
  assertOutputPadding('conv1dTranspose', numbers.padding, [outputPadding], [strides]);
  // As in PyTorch, the channels of the output count.
  const fanIn = termsOf('conv1dTranspose', options, [kernelSize], { outChannels }, groups);
  const { initializer = torchUniform({ fanIn }), biasInitializer = torchUniform({ fanIn }) } = options;
  return defineLayer('conv1dTranspose', {
    init: (rng) => ({
      kernel: parameter([kernelSize, outChannels / groups, inChannels], initializer, rng.fork('kernel')),
      ...(bias && { bias: parameter([outChannels], biasInitializer, rng.fork('bias')) }),
    }),
    apply(params, input) {
      const x = inputTensor('conv1dTranspose', input);
      assertSequences('conv1dTranspose', x, inChannels);
      const [batch, length] = x.shape as [number, number];
      const size = transposedSize([1, length], [1, kernelSize], numbers);
      assertOutput('conv1dTranspose', x, [size[1]]);
      const images = tf.reshape(x, [batch, 1, length, inChannels]);
      const kernel = tf.reshape(params.kernel, [1, kernelSize, outChannels / groups, inChannels]);
      const y = transposedConvolution(images, kernel, size, numbers);
      const sequences = tf.reshape(y, [batch, size[1], outChannels]);
      return activate(
        'conv1dTranspose',
        activation,
        params.bias ? addBias(sequences, params.bias) : sequences,
      );
    },
  });
}
