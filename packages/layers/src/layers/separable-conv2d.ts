import { assertOptions, assertSize, count } from '@tenfold/checks';
import { defineLayer } from '../model/define-layer';
import type { Layer } from '../model/layer';
import { activate } from '../ops/activate';
import { type ConvolutionOptions, channelKinds, convolutionKinds } from '../ops/convolution-options';
import { assertImages, inputTensor } from '../ops/input-tensor';
import { assertWindowFits, toPair } from '../ops/window';
import { type Conv2dParams, conv2d } from './conv2d';
import { type DepthwiseConv2dParams, depthwiseConv2d } from './depthwise-conv2d';

export interface SeparableConv2dOptions extends ConvolutionOptions {
  /** Number of input channels. */
  inChannels: number;
  /** Number of output channels. */
  outChannels: number;
  /** Number of intermediate channels per input channel; 1 by default. */
  multiplier?: number;
}

/** The parameters of {@link separableConv2d}. */
export interface SeparableConv2dParams {
  /** The filters of each channel: `kernel` [height, width, inChannels, multiplier]. */
  depthwise: DepthwiseConv2dParams;
  /** The sums over channels: `kernel` [1, 1, inChannels·multiplier, outChannels], and `bias`, missing with `bias: false`. */
  pointwise: Conv2dParams;
}

/**
 * Depthwise separable convolution: a depthwise convolution, then a convolution of kernel size 1, with nothing in between.
 *
 * z[n, i, j, c·m + q] = Σ_{u,v} x[n, s·i + d·u − p, s·j + d·v − p, c]·D[u, v, c, q], y[n, i, j, o] = b[o] + Σ_k z[n, i, j, k]·P[k, o],
 * stride s, dilation d, padding p, multiplier m
 *
 * @returns a layer from [batch, height, width, inChannels] to [batch, height', width', outChannels], with height' and width' as in
 *   `conv2d`; `initializer` makes both kernels
 * @throws when an option is unknown or out of range, or the input is not a batch of such images or is smaller than the kernel
 * @example
 * separableConv2d({ inChannels: 32, outChannels: 64, kernelSize: 3 });
 * @see Chollet, "Xception", 2017, https://arxiv.org/abs/1610.02357, section 1
 */
export function separableConv2d(options: SeparableConv2dOptions): Layer<SeparableConv2dParams> {
  assertOptions('separableConv2d', options, { ...channelKinds, multiplier: count, ...convolutionKinds });
  const { inChannels, outChannels, multiplier = 1, padding = 'same', activation, bias } = options;
  const { kernelSize, strides = 1, dilations = 1, initializer, biasInitializer } = options;
  const [size, between] = [toPair(kernelSize), inChannels * multiplier];
  assertSize('separableConv2d', options, { kernelSize }, 'the terms of a sum', size[0] * size[1]);
  assertSize('separableConv2d', options, { inChannels, multiplier }, 'the intermediate channels', between);
  const shared = initializer && { initializer };
  const window = { kernelSize, strides, padding, dilations };
  const depthwise = depthwiseConv2d({ channels: inChannels, multiplier, ...window, bias: false, ...shared });
  const pointwise = conv2d({
    inChannels: between,
    outChannels,
    kernelSize: 1,
    ...shared,
    ...(bias !== undefined && { bias }),
    ...(biasInitializer && { biasInitializer }),
    ...(activation?.kernel === 'relu' && { activation }),
  });
  return defineLayer('separableConv2d', {
    init: (rng) => ({
      depthwise: depthwise.init(rng.fork('depthwise')),
      pointwise: pointwise.init(rng.fork('pointwise')),
    }),
    apply(params, input, context) {
      const x = inputTensor('separableConv2d', input);
      assertImages('separableConv2d', x, inChannels);
      assertWindowFits('separableConv2d', x, size, padding, toPair(dilations));
      const y = pointwise.apply(params.pointwise, depthwise.apply(params.depthwise, x, context), context);
      return activation?.kernel === 'relu' ? y : activate('separableConv2d', activation, y);
    },
  });
}
