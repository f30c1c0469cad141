import * as tf from '@tensorflow/tfjs-core';
import { borderFactors, rescaleBorders } from './average-borders';

type Attributes = tf.NamedAttrMap | undefined;

const run = (kernel: string, inputs: tf.NamedTensorMap, attributes: Attributes): tf.Tensor =>
  tf.engine().runKernel(kernel, inputs, attributes) as tf.Tensor;

/**
 * Gradients of kernels that have none in tfjs-core: the backward passes of convolutions, pooling and `elu`. With them,
 * gradients of gradients exist.
 */
export const additions: readonly tf.GradConfig[] = [
  {
    kernelName: tf.Conv2DBackpropFilter,
    inputsToSave: ['x', 'dy'],
    gradFunc: (ddf, saved, attributes) => {
      const [x, dy] = saved as [tf.Tensor4D, tf.Tensor4D];
      const filter = ddf as tf.Tensor4D;
      const inputShape = x.shape as number[];
      return {
        x: () => run(tf.Conv2DBackpropInput, { dy, filter }, { ...attributes, inputShape }),
        dy: () => run(tf.Conv2D, { x, filter }, { ...attributes, dilations: 1 }),
      };
    },
  },
  {
    kernelName: tf.DepthwiseConv2dNativeBackpropFilter,
    inputsToSave: ['x', 'dy'],
    gradFunc: (ddf, saved, attributes) => {
      const [x, dy] = saved as [tf.Tensor4D, tf.Tensor4D];
      const filter = ddf as tf.Tensor4D;
      const inputShape = x.shape as number[];
      return {
        x: () => run(tf.DepthwiseConv2dNativeBackpropInput, { dy, filter }, { ...attributes, inputShape }),
        dy: () => run(tf.DepthwiseConv2dNative, { x, filter }, { dataFormat: 'NHWC', ...attributes }),
      };
    },
  },
  {
    kernelName: tf.DepthwiseConv2dNativeBackpropInput,
    inputsToSave: ['dy', 'filter'],
    gradFunc: (ddx, saved, attributes) => {
      const [dy, filter] = saved as [tf.Tensor4D, tf.Tensor4D];
      const x = ddx as tf.Tensor4D;
      const filterShape = filter.shape as number[];
      return {
        dy: () => run(tf.DepthwiseConv2dNative, { x, filter }, { dataFormat: 'NHWC', ...attributes }),
        filter: () => run(tf.DepthwiseConv2dNativeBackpropFilter, { x, dy }, { ...attributes, filterShape }),
      };
    },
  },
  {
    kernelName: tf.MaxPoolGrad,
    inputsToSave: ['input', 'output'],
    gradFunc: (ddx, saved, attributes) => {
      const [input, output] = saved as [tf.Tensor4D, tf.Tensor4D];
      const { filterSize, strides, pad } = attributes as unknown as tf.MaxPoolGradAttrs;
      // MaxPoolGrad sends dy of a window to its first largest input, so the gradient of dy is read there.
      const from = (): tf.Tensor =>
        tf.gather(
          tf.reshape(ddx as tf.Tensor, [-1]),
          tf.maxPoolWithArgmax(input, filterSize, strides, pad as 'same' | 'valid' | number, true).indexes!,
        );
      return { dy: from, input: () => tf.zerosLike(input), output: () => tf.zerosLike(output) };
    },
  },
  {
    kernelName: tf.AvgPoolGrad,
    inputsToSave: ['input'],
    gradFunc: (ddx, saved, attributes) => {
      const [input] = saved as [tf.Tensor4D];
      // AvgPool is the transpose except at the border: unlike AvgPool, tfjs's AvgPoolGrad divides by whole windows.
      const inverse = () =>
        borderFactors(input.shape, attributes).map((factors) => factors.map((factor) => 1 / factor));
      return {
        dy: () =>
          rescaleBorders(tf.AvgPoolGrad, run(tf.AvgPool, { x: ddx as tf.Tensor }, attributes), inverse()),
        input: () => tf.zerosLike(input),
      };
    },
  },
  {
    kernelName: tf.EluGrad,
    inputsToSave: ['dy', 'y'],
    gradFunc: (ddx, saved) => {
      const [dy, y] = saved as [tf.Tensor, tf.Tensor];
      const g = ddx as tf.Tensor;
      return {
        dy: () => tf.mul(g, tf.where(tf.less(y, 0), tf.add(y, 1), tf.onesLike(y))),
        y: () => tf.where(tf.less(y, 0), tf.mul(g, dy), tf.zerosLike(y)),
      };
    },
  },
];
