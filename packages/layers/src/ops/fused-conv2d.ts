import * as tf from '@tensorflow/tfjs-core';

const KERNEL = 'FusedConv2D';

export interface FusedConv2dOptions {
  strides: [number, number];
  padding: 'same' | 'valid';
  activation: 'linear' | 'relu';
}

/**
 * y = f(x ∗ W + b) in one kernel, f the identity or relu; with g = dy·f'(y) the gradients are those of the convolution for
 * g, and db = Σ g.
 *
 * tfjs's `tf.fused.conv2d` computes the gradient of x even where nothing needs it, as for a network's input. Here the
 * kernel itself goes on the tape, with a gradient per operand that is computed on demand.
 *
 * @param x [batch, height, width, channels]
 * @param bias one value per output channel, if there is one
 */
export function fusedConv2d(
  x: tf.Tensor,
  filter: tf.Tensor,
  bias: tf.Tensor | undefined,
  { strides, padding, activation }: FusedConv2dOptions,
): tf.Tensor {
  if (!tf.getGradient(KERNEL)) registerFusedConv2dGradient();
  const attributes = { strides, pad: padding, dataFormat: 'NHWC', dilations: 1, activation };
  return tf.engine().runKernel(KERNEL, { x, filter, ...(bias && { bias }) }, attributes);
}

function registerFusedConv2dGradient(): void {
  tf.registerGradient({
    kernelName: KERNEL,
    inputsToSave: ['x', 'filter'],
    outputsToSave: [true],
    gradFunc(dy, saved, attributes) {
      const [x, filter, y] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
      const { activation, ...shared } = attributes as tf.NamedAttrMap;
      const g = activation === 'relu' ? reluGradient(dy as tf.Tensor, y) : (dy as tf.Tensor);
      const run = (name: string, inputs: tf.NamedTensorMap, more: tf.NamedAttrMap): tf.Tensor =>
        tf.engine().runKernel(name, inputs, { ...shared, ...more });
      return {
        x: () => run('Conv2DBackpropInput', { dy: g, filter }, { inputShape: x.shape }),
        filter: () => run('Conv2DBackpropFilter', { x, dy: g }, { filterShape: filter.shape }),
        bias: () => tf.sum(g, [0, 1, 2]),
      };
    },
  });
}

function reluGradient(dy: tf.Tensor, y: tf.Tensor): tf.Tensor {
  if (tf.getKernel('ReluGrad', tf.getBackend())) return tf.engine().runKernel('ReluGrad', { dy, y }, {});
  return tf.tidy(() => tf.mul(dy, tf.step(y)));
}
