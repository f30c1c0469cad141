import { assertOptions, assertSize, count, flag, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { torchUniform } from '../initializers';
import { defineLayer } from '../model/define-layer';
import type { Layer } from '../model/layer';
import { parameter } from '../model/parameter';
import { activate } from '../ops/activate';
import { addBias } from '../ops/add-bias';
import { type ConvolutionOptions, convolutionKinds } from '../ops/convolution-options';
import { fusedConv2d } from '../ops/fused-conv2d';
import { assertImages, inputTensor } from '../ops/input-tensor';
import { spaceToBatchConvolution } from '../ops/space-to-batch-convolution';
import { assertStridesOrDilations, assertWindowFits, tfPadding, toPair } from '../ops/window';

export interface Conv2dOptions extends ConvolutionOptions {
  /** Number of input channels. */
  inChannels: number;
  /** Number of output channels. */
  outChannels: number;
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
  /** [height, width, inChannels, outChannels]. */
  kernel: tf.Variable;
  /** Missing with `bias: false`. */
  bias?: tf.Variable;
}

/**
 * Two-dimensional convolution (in fact cross-correlation, as is usual in deep learning) of images [batch, height, width,
 * channels], with an optional activation.
 *
 * y[n, i, j, o] = b[o] + Σ_{u,v,c} x[n, s·i + d·u − p, s·j + d·v − p, c]·W[u, v, c, o], stride s, dilation d, padding p
 *
 * @returns a layer from [batch, height, width, inChannels] to [batch, height', width', outChannels]; for 'same'
 *   height' = ⌈height/s⌉, otherwise ⌊(height + 2·p − d·(kernel − 1) − 1)/s⌋ + 1
 * @throws when an option is unknown or out of range, strides and dilations are both above 1, or the input is not a batch of
 *   such images or is smaller than the kernel
 * @example
 * conv2d({ inChannels: 3, outChannels: 64, kernelSize: 3 });
 * @see Goodfellow, Bengio, Courville, "Deep Learning", 2016, chapter 9
 */
export function conv2d(options: Conv2dOptions): Layer<Conv2dParams> {
  assertOptions('conv2d', options, {
    inChannels: required(count),
    outChannels: required(count),
    ...convolutionKinds,
    trainable: flag,
    winograd: flag,
  });
  const { inChannels, outChannels, padding = 'same', bias = true, trainable = true, activation } = options;
  const { kernelSize, strides = 1, dilations = 1, initializer = torchUniform(), winograd = true } = options;
  const [size, stride, dilation] = [toPair(kernelSize), toPair(strides), toPair(dilations)];
  assertStridesOrDilations('conv2d', stride, dilation);
  const terms = size[0] * size[1] * inChannels;
  assertSize('conv2d', options, { kernelSize, inChannels }, 'the terms of a sum', terms);
  const { biasInitializer = torchUniform({ fanIn: size[0] * size[1] * inChannels }) } = options;
  return defineLayer('conv2d', {
    init: (rng) => ({
      kernel: parameter([...size, inChannels, outChannels], initializer, rng.fork('kernel'), { trainable }),
      ...(bias && { bias: parameter([outChannels], biasInitializer, rng.fork('bias')) }),
    }),
    apply(params, input) {
      const x = inputTensor('conv2d', input);
      assertImages('conv2d', x, inChannels);
      assertWindowFits('conv2d', x, size, padding, dilation);
      const kernel = params.kernel as tf.Tensor4D;
      if (Math.max(...dilation) > 1) {
        const shared = { strides: stride, padding: 'valid', activation: 'linear', winograd } as const;
        const y = spaceToBatchConvolution(x, size, dilation, padding, (x) =>
          winograd ? tf.conv2d(x, kernel, stride, 'valid') : fusedConv2d(x, kernel, undefined, shared),
        );
        return activate('conv2d', activation, params.bias ? addBias(y, params.bias) : y);
      }
      // The gradient of relu needs only its value. Other activations need their argument, so they run as separate kernels.
      const isRelu = activation?.kernel === 'relu';
      if (!params.bias && !isRelu && winograd) {
        return activate(
          'conv2d',
          activation,
          tf.conv2d(x as tf.Tensor4D, kernel, stride, tfPadding(padding)),
        );
      }
      const attributes = {
        strides: stride,
        padding,
        activation: isRelu ? 'relu' : 'linear',
        winograd,
      } as const;
      const y = fusedConv2d(x, kernel, params.bias, attributes);
      return isRelu ? y : activate('conv2d', activation, y);
    },
  });
}
