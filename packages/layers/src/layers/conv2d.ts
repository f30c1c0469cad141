import { assertOptions, count, flag } from '@tenfold/checks';
import type * as tf from '@tensorflow/tfjs-core';
import { torchUniform } from '../initializers';
import { defineLayer } from '../model/define-layer';
import type { Layer } from '../model/layer';
import { parameter } from '../model/parameter';
import { activate } from '../ops/activate';
import {
  assertGroups,
  type ConvolutionOptions,
  channelKinds,
  convolutionKinds,
  termsOf,
} from '../ops/convolution-options';
import { convolve, onlyRelu } from '../ops/convolve';
import { assertImages, inputTensor } from '../ops/input-tensor';
import { assertWindowFits, toPair } from '../ops/window';

export interface Conv2dOptions extends ConvolutionOptions {
  /** Number of input channels. */
  inChannels: number;
  /** Number of output channels. */
  outChannels: number;
  /**
   * Number of groups; 1 by default. It must divide inChannels and outChannels. The channels of each group of outputs see only
   * those of the same group of inputs. With one input channel each, the convolution is depthwise.
   */
  groups?: number;
  /** Whether the kernel is trained; true by default. The bias is always trained. */
  trainable?: boolean;
  /**
   * Whether a backend may use Winograd's algorithm; true by default. Its errors are proportional to the largest input around a
   * pixel, those of direct sums (false) to the terms of each sum.
   */
  winograd?: boolean;
}

/** The parameters of {@link conv2d}. */
export interface Conv2dParams {
  /** [height, width, inChannels/groups, outChannels]. */
  kernel: tf.Variable;
  /** Missing with `bias: false`. */
  bias?: tf.Variable;
}

/**
 * Two-dimensional convolution (in fact cross-correlation, as is usual in deep learning) of images [batch, height, width,
 * channels], with an optional activation.
 *
 * y[n, i, j, o] = b[o] + Σ_{u,v,c} x[n, s·i + d·u − p, s·j + d·v − p, c]·W[u, v, c, o], stride s, dilation d, padding p; with
 * groups, c runs over the channels of the group of o
 *
 * @returns a layer from [batch, height, width, inChannels] to [batch, height', width', outChannels]; for 'same'
 *   height' = ⌈height/s⌉, otherwise ⌊(height + 2·p − d·(kernel − 1) − 1)/s⌋ + 1
 * @throws when an option is unknown or out of range, groups does not divide the channels, or the input is not a batch of such
 *   images or is smaller than the kernel
 * @example
 * conv2d({ inChannels: 3, outChannels: 64, kernelSize: 3 });
 * @see Goodfellow, Bengio, Courville, "Deep Learning", 2016, chapter 9
 */
export function conv2d(options: Conv2dOptions): Layer<Conv2dParams> {
  assertOptions('conv2d', options, {
    ...channelKinds,
    ...convolutionKinds,
    groups: count,
    trainable: flag,
    winograd: flag,
  });
  const { inChannels, outChannels, groups = 1, padding = 'same', bias = true, trainable = true } = options;
  const { kernelSize, strides = 1, dilations = 1, winograd = true, activation } = options;
  const [size, stride, dilation] = [toPair(kernelSize), toPair(strides), toPair(dilations)];
  assertGroups('conv2d', groups, { inChannels, outChannels });
  const terms = termsOf('conv2d', options, size, { inChannels }, groups);
  const { initializer = torchUniform(), biasInitializer = torchUniform({ fanIn: terms }) } = options;
  const relu = onlyRelu(activation);
  return defineLayer('conv2d', {
    init: (rng) => ({
      kernel: parameter([...size, inChannels / groups, outChannels], initializer, rng.fork('kernel'), {
        trainable,
      }),
      ...(bias && { bias: parameter([outChannels], biasInitializer, rng.fork('bias')) }),
    }),
    apply(params, input) {
      const x = inputTensor('conv2d', input);
      assertImages('conv2d', x, inChannels);
      assertWindowFits('conv2d', x, size, padding, dilation);
      const convolution = { strides: stride, padding, dilations: dilation, groups, winograd, relu };
      const y = convolve(x, params.kernel, params.bias, convolution);
      return relu ? y : activate('conv2d', activation, y);
    },
  });
}
