import * as tf from '@tensorflow/tfjs-core';
import type { LayerActivation } from './activate';
import { addBias } from './add-bias';
import { dilatedConvolution } from './dilated-convolution';
import { fusedConv2d } from './fused-conv2d';
import { type Padding, type Pair, tfPadding } from './window';

/** The numbers of a two-dimensional convolution. */
export interface Convolution {
  strides: Pair;
  padding: Padding;
  dilations: Pair;
  /** Divides the channels of input and output. */
  groups: number;
  /** Whether a backend may use Winograd's algorithm. */
  winograd: boolean;
  /** The activation, if it is relu. Its gradient needs only its value; others need their argument, and are separate kernels. */
  relu?: LayerActivation | undefined;
}

/**
 * y = x ∗ W + b, or relu of it, for images.
 *
 * The bias and relu are part of the kernel unless there are groups or dilations. Groups of one channel are a depthwise convolution,
 * larger ones one convolution each.
 *
 * @param x [batch, height, width, channels]
 * @param kernel [height, width, channels/groups, outChannels]
 */
export function convolve(
  x: tf.Tensor,
  kernel: tf.Tensor,
  bias: tf.Tensor | undefined,
  convolution: Convolution,
): tf.Tensor {
  const { strides, padding, dilations, groups, winograd, relu } = convolution;
  const isPlain = groups === 1 && Math.max(...dilations) === 1;
  if (isPlain && (bias || relu || !winograd)) {
    const activation = relu ? 'relu' : 'linear';
    return fusedConv2d(x, kernel, bias, { strides, padding, activation, winograd });
  }
  const [height, width] = kernel.shape as [number, number];
  const y =
    Math.max(...dilations) > 1
      ? dilatedConvolution(x, { kernelSize: [height, width], strides, dilations, padding }, (x) =>
          grouped(x, kernel, { ...convolution, strides: [1, 1], padding: 'valid' }),
        )
      : grouped(x, kernel, convolution);
  const biased = bias ? addBias(y, bias) : y;
  return relu ? relu(biased) : biased;
}

/** An activation that {@link convolve} takes. */
export const onlyRelu = (activation: LayerActivation | undefined): LayerActivation | undefined =>
  activation?.kernel === 'relu' ? activation : undefined;

/** A convolution without dilation and bias. */
function grouped(
  x: tf.Tensor,
  kernel: tf.Tensor,
  { strides, padding, groups, winograd }: Convolution,
): tf.Tensor {
  const one = (x: tf.Tensor, kernel: tf.Tensor) =>
    winograd
      ? tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, strides, tfPadding(padding))
      : fusedConv2d(x, kernel, undefined, { strides, padding, activation: 'linear', winograd });
  if (groups === 1) return one(x, kernel);
  const [height, width, inside, outChannels] = kernel.shape as [number, number, number, number];
  if (inside === 1) {
    const filters = tf.reshape(kernel, [height, width, groups, outChannels / groups]) as tf.Tensor4D;
    return tf.depthwiseConv2d(x as tf.Tensor4D, filters, strides, tfPadding(padding));
  }
  const [parts, kernels] = [tf.split(x, groups, 3), tf.split(kernel, groups, 3)];
  return tf.concat(
    parts.map((part, i) => one(part, kernels[i]!)),
    3,
  );
}
