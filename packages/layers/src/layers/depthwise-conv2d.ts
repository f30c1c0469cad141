import { assertOptions, assertSize, count, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { torchUniform } from '../initializers';
import { defineLayer } from '../model/define-layer';
import type { Layer } from '../model/layer';
import { parameter } from '../model/parameter';
import { activate } from '../ops/activate';
import { addBias } from '../ops/add-bias';
import { type ConvolutionOptions, convolutionKinds } from '../ops/convolution-options';
import { dilatedConvolution } from '../ops/dilated-convolution';
import { assertImages, inputTensor } from '../ops/input-tensor';
import { assertWindowFits, type Padding, type Pair, tfPadding, toPair } from '../ops/window';

export interface DepthwiseConv2dOptions extends ConvolutionOptions {
  /** Number of input channels. */
  channels: number;
  /** Number of output channels per input channel; 1 by default. */
  multiplier?: number;
}

/** The parameters of {@link depthwiseConv2d}. */
export interface DepthwiseConv2dParams {
  /** [height, width, channels, multiplier]. */
  kernel: tf.Variable;
  /** Missing with `bias: false`. */
  bias?: tf.Variable;
}

/**
 * Two-dimensional depthwise convolution, with separate filters for each channel.
 *
 * y[n, i, j, c·m + q] = b[c·m + q] + Σ_{u,v} x[n, s·i + d·u − p, s·j + d·v − p, c]·W[u, v, c, q], stride s, dilation d,
 * padding p, multiplier m
 *
 * @returns a layer from [batch, height, width, channels] to [batch, height', width', channels·multiplier], with height'
 *   and width' as in `conv2d`; its kernel has the shape [height, width, channels, multiplier]
 * @throws when an option is unknown or out of range, or the input is not a batch of such images or is smaller than the kernel
 * @example
 * sequential([depthwiseConv2d({ channels: 64, kernelSize: 5 }), conv2d({ inChannels: 64, outChannels: 64, kernelSize: 1 })]);
 * @see Chollet, "Xception", 2017, https://arxiv.org/abs/1610.02357, section 1
 */
export function depthwiseConv2d(options: DepthwiseConv2dOptions): Layer<DepthwiseConv2dParams> {
  assertOptions('depthwiseConv2d', options, {
    channels: required(count),
    multiplier: count,
    ...convolutionKinds,
  });
  const { channels, multiplier = 1, kernelSize, strides = 1, padding = 'same', dilations = 1 } = options;
  const [size, stride, dilation] = [toPair(kernelSize), toPair(strides), toPair(dilations)];
  assertSize('depthwiseConv2d', options, { kernelSize }, 'the terms of a sum', size[0] * size[1]);
  assertSize(
    'depthwiseConv2d',
    options,
    { channels, multiplier },
    'the output channels',
    channels * multiplier,
  );
  const standard = torchUniform({ fanIn: size[0] * size[1] });
  const { bias = true, initializer = standard, biasInitializer = standard, activation } = options;
  return defineLayer('depthwiseConv2d', {
    init: (rng) => ({
      kernel: parameter([...size, channels, multiplier], initializer, rng.fork('kernel')),
      ...(bias && { bias: parameter([channels * multiplier], biasInitializer, rng.fork('bias')) }),
    }),
    apply(params, input) {
      const x = inputTensor('depthwiseConv2d', input);
      assertImages('depthwiseConv2d', x, channels, 'channels');
      assertWindowFits('depthwiseConv2d', x, size, padding, dilation);
      const convolve = (x: tf.Tensor, strides: Pair, padding: Padding) =>
        tf.depthwiseConv2d(x as tf.Tensor4D, params.kernel as tf.Tensor4D, strides, tfPadding(padding));
      const window = { kernelSize: size, strides: stride, dilations: dilation, padding };
      const y =
        Math.max(...dilation) > 1
          ? dilatedConvolution(x, window, (x) => convolve(x, [1, 1], 'valid'))
          : convolve(x, stride, padding);
      return activate('depthwiseConv2d', activation, params.bias ? addBias(y, params.bias) : y);
    },
  });
}
