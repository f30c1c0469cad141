import * as tf from '@tensorflow/tfjs-core';
import { type Initializer, torchUniform } from '../initializers';
import type { Layer, Params } from '../model/layer';
import { assertSizes, parameter } from '../model/parameter';
import { type Activation, activate, assertActivation } from '../ops/activate';
import { addBias } from '../ops/add-bias';
import { assertStridesOrDilations, dilated, pair } from '../ops/dilated';
import { fusedConv2d } from '../ops/fused-conv2d';

export interface Conv2dOptions {
  inChannels: number;
  outChannels: number;
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
  /** Of the kernel; uniform in ±1/√(height·width·inChannels) by default, and so is the bias. */
  initializer?: Initializer;
  biasInitializer?: Initializer;
  /** Whether the kernel is trained; true by default. The bias always is. */
  trainable?: boolean;
  /** What is applied to the output, 'none' by default; 'relu' in the convolution's own kernel. */
  activation?: Activation;
}

export interface Conv2dParams extends Params {
  kernel: tf.Variable;
}

/**
 * Two-dimensional convolution (cross-correlation, as everywhere in deep learning) over images [batch, height, width,
 * channels], with an activation behind it if wanted.
 *
 * y[n, i, j, o] = b[o] + Σ_{u,v,c} x[n, s·i + d·u − p, s·j + d·v − p, c]·W[u, v, c, o], stride s, dilation d, padding p
 *
 * @returns a layer from [batch, height, width, inChannels] to [batch, height', width', outChannels]; for 'same'
 *   height' = ⌈height/s⌉, for 'valid' ⌈(height − d·(kernel − 1))/s⌉
 * @throws when a size is not a positive integer, strides and dilations are both above 1, or the input is not such a batch of images
 * @example
 * conv2d({ inChannels: 3, outChannels: 64, kernelSize: 3 });
 * @see Goodfellow, Bengio, Courville, "Deep Learning", 2016, chapter 9
 */
export function conv2d({
  inChannels,
  outChannels,
  kernelSize,
  strides = 1,
  padding = 'same',
  dilations = 1,
  bias = true,
  initializer = torchUniform(),
  biasInitializer,
  trainable = true,
  activation = 'none',
}: Conv2dOptions): Layer<Conv2dParams> {
  const [size, step, distance] = [pair(kernelSize), pair(strides), pair(dilations)];
  assertSizes('conv2d', { inChannels, outChannels });
  assertSizes('conv2d', { 'kernelSize (height)': size[0], 'kernelSize (width)': size[1] });
  assertSizes('conv2d', { 'strides (down)': step[0], 'strides (right)': step[1] });
  assertSizes('conv2d', { 'dilations (down)': distance[0], 'dilations (right)': distance[1] });
  assertStridesOrDilations('conv2d', step, distance);
  assertActivation('conv2d', activation);
  const fanIn = size[0] * size[1] * inChannels;
  return {
    init: (rng) => ({
      kernel: parameter([...size, inChannels, outChannels], initializer, rng.fork('kernel'), {
        trainable,
      }),
      ...(bias && {
        bias: parameter([outChannels], biasInitializer ?? torchUniform({ fanIn }), rng.fork('bias')),
      }),
    }),
    apply(params, x, { countFlops }) {
      if (x.rank !== 4 || x.shape[3] !== inChannels) {
        throw new Error(
          `conv2d: the input has shape [${x.shape}]; give images [batch, height, width, ${inChannels}], since inChannels is ${inChannels}`,
        );
      }
      const kernel = params.kernel as tf.Tensor4D;
      if (Math.max(...distance) > 1) {
        const y = dilated(x, size, distance, padding, (x) => {
          const y = tf.conv2d(x as tf.Tensor4D, kernel, step, 'valid');
          countFlops?.('conv2d', 2 * y.size * fanIn);
          return y;
        });
        return activate(activation, bias ? addBias(y, params.bias as tf.Variable) : y);
      }
      // The gradient of relu needs its value alone, the others their argument: those are kernels of their own.
      const relu = activation === 'relu';
      const options = { strides: step, padding, activation: relu ? 'relu' : 'linear' } as const;
      const y =
        bias || relu
          ? fusedConv2d(x, kernel, bias ? (params.bias as tf.Variable) : undefined, options)
          : tf.conv2d(x as tf.Tensor4D, kernel, step, padding);
      countFlops?.('conv2d', 2 * y.size * fanIn);
      return relu ? y : activate(activation, y);
    },
  };
}
