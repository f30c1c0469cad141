import { fused, onTape } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { type Padding, type Pair, tfPadding } from './window';

const kernel = onTape('FusedConv2D', {
  keeps: ['x', 'filter'],
  keepsOutput: true,
  gradient(dy, [x, filter, y], { activation, ...shared }) {
    const g = activation === 'relu' ? reluGradient(dy, y!) : dy;
    const run = (name: string, inputs: tf.NamedTensorMap, more: tf.NamedAttrMap): tf.Tensor =>
      tf.engine().runKernel(name, inputs, { ...shared, ...more });
    return {
      x: () => run('Conv2DBackpropInput', { dy: g, filter: filter! }, { inputShape: x!.shape }),
      filter: () => run('Conv2DBackpropFilter', { x: x!, dy: g }, { filterShape: filter!.shape }),
      bias: () => tf.sum(g, [0, 1, 2]),
    };
  },
});

export interface FusedConv2dOptions {
  strides: Pair;
  padding: Padding;
  activation: 'linear' | 'relu';
  /** Whether a backend may use Winograd's algorithm, forward and for the gradients. */
  winograd: boolean;
}

/**
 * y = f(x ∗ W + b) in one kernel, with f the identity or relu. With g = dy·f'(y), the gradients are those of the convolution
 * for g, and db = Σ g.
 *
 * Unlike tfjs's `tf.fused.conv2d`, it computes the gradient of x only if it is needed, which it is not for a network's input.
 *
 * @param x [batch, height, width, channels]
 * @param bias one value per output channel, if there is one
 */
export const fusedConv2d = (
  x: tf.Tensor,
  filter: tf.Tensor,
  bias: tf.Tensor | undefined,
  { strides, padding, activation, winograd }: FusedConv2dOptions,
): tf.Tensor =>
  kernel({ x, filter, bias }, {
    strides,
    pad: tfPadding(padding),
    dataFormat: 'NHWC',
    dilations: 1,
    activation,
    ...(!winograd && { winograd }),
  } as unknown as tf.NamedAttrMap);

const reluGradient = (dy: tf.Tensor, y: tf.Tensor): tf.Tensor =>
  fused('ActivationGrad', { dy, y }, { function: 'relu' }, () => [
    tf.where(tf.greater(y, 0), dy, tf.zerosLike(dy)),
  ])[0]!;
