import { assertOptions, count, either, index, listOf, required } from '@tenfold/checks';
import type * as tf from '@tensorflow/tfjs-core';
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
import { assertImages, inputTensor } from '../ops/input-tensor';
import {
  assertOutput,
  assertOutputPadding,
  transposedConvolution,
  transposedSize,
} from '../ops/transposed-convolution';
import { type Padding, paddings, pairs, toPair } from '../ops/window';

export interface Conv2dTransposeOptions extends ConvolutionParameterOptions {
  /** Number of input channels. */
  inChannels: number;
  /** Number of output channels. */
  outChannels: number;
  /** Height and width of the kernel, or one number for both. */
  kernelSize: number | [number, number];
  /** Stride down and right of the output, or one number for both; 1 by default. */
  strides?: number | [number, number];
  /**
   * What is cut off the output; 'same' by default. 'same' cuts or extends it to strides times the input's size, as Keras does, so
   * that it undoes the sizes of `conv2d` with 'same'. 'valid' cuts nothing. A number, or [vertical, horizontal], cuts that many
   * pixels on both sides, as in PyTorch.
   */
  padding?: Padding;
  /**
   * Rows at the bottom and columns at the right of the output that padding does not cut, or one number for both; less than strides, 0 by
   * default. It chooses among the sizes that a strided convolution reduces to that of the input. 'same' takes none.
   */
  outputPadding?: number | [number, number];
  /**
   * Number of groups; 1 by default. It must divide inChannels and outChannels. The channels of each group of outputs see only
   * those of the same group of inputs.
   */
  groups?: number;
}

/** The parameters of {@link conv2dTranspose}. */
export interface Conv2dTransposeParams {
  /** [height, width, outChannels/groups, inChannels]. */
  kernel: tf.Variable;
  /** Missing with `bias: false`. */
  bias?: tf.Variable;
}

/**
 * Two-dimensional transposed convolution (also called fractionally strided), which enlarges images: the gradient of `conv2d` for its input
 * as a layer. Each pixel of the input adds a kernel to the output.
 *
 * y[n, s·i + u − p, s·j + v − p, o] = b[o] + Σ_{i,j,u,v,c} x[n, i, j, c]·W[u, v, o, c], stride s, padding p; with groups, c runs over the
 * channels of the group of o
 *
 * @returns a layer from [batch, height, width, inChannels] to [batch, height', width', outChannels]; for 'same' height' = s·height,
 *   otherwise (height − 1)·s − 2·p + kernel + outputPadding
 * @throws when an option is unknown or out of range, groups does not divide the channels, outputPadding is not less than strides or
 *   is given with 'same', or the input is not a batch of such images
 * @example
 * conv2dTranspose({ inChannels: 64, outChannels: 32, kernelSize: 4, strides: 2 }); // twice the height and width
 * @see Dumoulin, Visin, "A guide to convolution arithmetic for deep learning", 2016, https://arxiv.org/abs/1603.07285, chapter 4
 */
export function conv2dTranspose(options: Conv2dTransposeOptions): Layer<Conv2dTransposeParams> {
  assertOptions('conv2dTranspose', options, {
    ...channelKinds,
    kernelSize: required(pairs),
    strides: pairs,
    padding: paddings,
    outputPadding: either(index, listOf(index, 2)),
    groups: count,
    ...parameterKinds,
  });
  const { inChannels, outChannels, groups = 1, padding = 'same', bias = true, activation } = options;
  const { kernelSize, strides = 1, outputPadding = 0 } = options;
  const window = toPair(kernelSize);
  const numbers = { strides: toPair(strides), padding, outputPadding: toPair(outputPadding), groups };
  assertGroups('conv2dTranspose', groups, { inChannels, outChannels });
  assertOutputPadding('conv2dTranspose', padding, numbers.outputPadding, numbers.strides);
  // As in PyTorch, the channels of the output count.
  const fanIn = termsOf('conv2dTranspose', options, window, { outChannels }, groups);
  const { initializer = torchUniform({ fanIn }), biasInitializer = torchUniform({ fanIn }) } = options;
  return defineLayer('conv2dTranspose', {
    init: (rng) => ({
      kernel: parameter([...window, outChannels / groups, inChannels], initializer, rng.fork('kernel')),
      ...(bias && { bias: parameter([outChannels], biasInitializer, rng.fork('bias')) }),
    }),
    apply(params, input) {
      const x = inputTensor('conv2dTranspose', input);
      assertImages('conv2dTranspose', x, inChannels);
      const size = transposedSize([x.shape[1]!, x.shape[2]!], window, numbers);
      assertOutput('conv2dTranspose', x, size);
      const y = transposedConvolution(x, params.kernel, size, numbers);
      return activate('conv2dTranspose', activation, params.bias ? addBias(y, params.bias) : y);
    },
  });
}
