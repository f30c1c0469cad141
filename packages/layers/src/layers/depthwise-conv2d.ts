import * as tf from '@tensorflow/tfjs-core';
import { type Initializer, torchUniform } from '../initializers';
import type { Layer, Params } from '../model/layer';
import { assertSizes, parameter } from '../model/parameter';
import { addBias } from '../ops/add-bias';
import { assertStridesOrDilations, dilated, pair } from '../ops/dilated';

export interface DepthwiseConv2dOptions {
  channels: number;
  /** How many outputs each channel gives; 1 by default. */
  multiplier?: number;
  /** Height and width of the kernel, or one number for both. */
  kernelSize: number | [number, number];
  /** 1 by default. */
  strides?: number | [number, number];
  /** 'same': zeros around the image so that stride 1 keeps its size. 'valid': none. 'same' by default. */
  padding?: 'same' | 'valid';
  /** Distance of the kernel's taps; 1 by default. Strides or dilations are 1. */
  dilations?: number | [number, number];
  /** Whether b is added; true by default. */
  bias?: boolean;
  /** Of the kernel; uniform in ±1/√(height·width) by default, and so is the bias. */
  initializer?: Initializer;
  biasInitializer?: Initializer;
}

export interface DepthwiseConv2dParams extends Params {
  kernel: tf.Variable;
}

/**
 * Two-dimensional convolution of every channel by itself.
 *
 * y[n, i, j, c·m + q] = b[c·m + q] + Σ_{u,v} x[n, s·i + d·u − p, s·j + d·v − p, c]·W[u, v, c, q], stride s, dilation d,
 * padding p, multiplier m
 *
 * @returns a layer from [batch, height, width, channels] to [batch, height', width', channels·multiplier], with height'
 *   and width' as of `conv2d`; its kernel has the shape [height, width, channels, multiplier]
 * @throws when a size is not a positive integer, or the input is not such a batch of images
 * @example
 * sequential([depthwiseConv2d({ channels: 64, kernelSize: 5 }), conv2d({ inChannels: 64, outChannels: 64, kernelSize: 1 })]);
 * @see Chollet, "Xception", 2017, https://arxiv.org/abs/1610.02357, section 1
 */
export function depthwiseConv2d({
  channels,
  multiplier = 1,
  kernelSize,
  strides = 1,
  padding = 'same',
  dilations = 1,
  bias = true,
  initializer,
  biasInitializer,
}: DepthwiseConv2dOptions): Layer<DepthwiseConv2dParams> {
  const [size, step, distance] = [pair(kernelSize), pair(strides), pair(dilations)];
  assertSizes('depthwiseConv2d', { channels, multiplier });
  assertSizes('depthwiseConv2d', { 'kernelSize (height)': size[0], 'kernelSize (width)': size[1] });
  assertSizes('depthwiseConv2d', { 'strides (down)': step[0], 'strides (right)': step[1] });
  assertSizes('depthwiseConv2d', { 'dilations (down)': distance[0], 'dilations (right)': distance[1] });
  assertStridesOrDilations('depthwiseConv2d', step, distance);
  const fanIn = size[0] * size[1];
  const initial = initializer ?? torchUniform({ fanIn });
  return {
    init: (rng) => ({
      kernel: parameter([...size, channels, multiplier], initial, rng.fork('kernel')),
      ...(bias && {
        bias: parameter(
          [channels * multiplier],
          biasInitializer ?? torchUniform({ fanIn }),
          rng.fork('bias'),
        ),
      }),
    }),
    apply(params, x, { countFlops }) {
      if (x.rank !== 4 || x.shape[3] !== channels) {
        throw new Error(
          `depthwiseConv2d: the input has shape [${x.shape}]; give images [batch, height, width, ${channels}], since channels is ${channels}`,
        );
      }
      const kernel = params.kernel as tf.Tensor4D;
      const convolve = (x: tf.Tensor, padding: 'same' | 'valid') => {
        const y = tf.depthwiseConv2d(x as tf.Tensor4D, kernel, step, padding);
        countFlops?.('depthwiseConv2d', 2 * y.size * fanIn);
        return y;
      };
      const y =
        Math.max(...distance) > 1
          ? dilated(x, size, distance, padding, (x) => convolve(x, 'valid'))
          : convolve(x, padding);
      return bias ? addBias(y, params.bias as tf.Variable) : y;
    },
  };
}
