import * as tf from '@tensorflow/tfjs-core';
import { borderFactors, rescaleBorders, windows } from './average-borders';
import { gradientConfigs } from './generated/gradient-configs';
import { sumTo } from './sum-to';

type Padding = [before: number, after: number];

/**
 * Replacements for definitions of tfjs-core 4.22 that are slow or wrong:
 * - Sum, Mean: the original multiplies dy by ones that JavaScript makes, as many as x has elements.
 * - AvgPool, AvgPool3D: at a padded border the forward pass averages over the values inside the input, but the original
 *   gradient divides by the size of the whole window.
 * - MirrorPad: the original ignores the gradient of the padding.
 * - SquaredDifference: the original throws when one operand was broadcast.
 * - Conv2D, Conv2DBackpropInput: the originals lose attributes that tfjs does not know, such as `winograd`.
 */
export const corrections: readonly tf.GradConfig[] = [
  {
    ...original('Sum'),
    gradFunc: (dy, saved, attributes) => {
      const [x] = saved as [tf.Tensor];
      return { x: () => spread(dy as tf.Tensor, x.shape, attributes) };
    },
  },
  {
    ...original('Mean'),
    gradFunc: (dy, saved, attributes) => {
      const [x] = saved as [tf.Tensor];
      const count = x.size / (dy as tf.Tensor).size;
      return { x: () => spread(tf.div(dy as tf.Tensor, count), x.shape, attributes) };
    },
  },
  {
    ...original('AvgPool'),
    gradFunc: (dy, saved, attributes) => {
      const [x] = saved as [tf.Tensor4D];
      const factors = borderFactors(x.shape, attributes);
      const rescaled = rescaleBorders('AvgPoolGrad', dy as tf.Tensor, factors);
      return original('AvgPool').gradFunc(rescaled, saved, attributes);
    },
  },
  {
    ...original('AvgPool3D'),
    gradFunc: (dy, saved, attributes) => {
      const [x] = saved as [tf.Tensor5D];
      const { filterSize, strides, pad, dimRoundingMode } = attributes as unknown as tf.AvgPool3DAttrs;
      const info = tf.backend_util.computePool3DInfo(x.shape, filterSize, strides, 1, pad, dimRoundingMode);
      const { padInfo } = info;
      const rescaled = rescaleBorders('AvgPool3DGrad', dy as tf.Tensor, [
        windows(x.shape[1], info.outDepth, info.filterDepth, info.strideDepth, padInfo.front),
        windows(x.shape[2], info.outHeight, info.filterHeight, info.strideHeight, padInfo.top),
        windows(x.shape[3], info.outWidth, info.filterWidth, info.strideWidth, padInfo.left),
      ]);
      return original('AvgPool3D').gradFunc(rescaled, saved, attributes);
    },
  },
  {
    ...original('MirrorPad'),
    gradFunc: (dy, saved, attributes) => {
      const { paddings, mode } = attributes as unknown as tf.MirrorPadAttrs;
      const [x] = saved as [tf.Tensor];
      return {
        x: () =>
          (paddings as Padding[]).reduce(
            (gradient, padding, axis) => foldMirror(gradient, axis, x.shape[axis]!, padding, mode),
            dy as tf.Tensor,
          ),
      };
    },
  },
  {
    ...original('SquaredDifference'),
    gradFunc: (dy, saved) => {
      const [a, b] = saved as [tf.Tensor, tf.Tensor];
      const slope = (): tf.Tensor => tf.mul(dy as tf.Tensor, tf.mul(2, tf.sub(a, b)));
      return { a: () => sumTo(slope(), a.shape), b: () => sumTo(tf.neg(slope()), b.shape) };
    },
  },
  {
    ...original('Conv2D'),
    gradFunc: (dy, saved, attributes) => {
      original('Conv2D').gradFunc(dy, saved, attributes); // throws for dilations
      const [x, filter] = saved as [tf.Tensor4D, tf.Tensor4D];
      return {
        x: () => run('Conv2DBackpropInput', { dy, filter }, { ...attributes, inputShape: x.shape }),
        filter: () => run('Conv2DBackpropFilter', { x, dy }, { ...attributes, filterShape: filter.shape }),
      };
    },
  },
  {
    ...original('Conv2DBackpropInput'),
    gradFunc: (ddx, saved, attributes) => {
      const [dy, filter] = saved as [tf.Tensor4D, tf.Tensor4D];
      return {
        dy: () => run('Conv2D', { x: ddx, filter }, { ...attributes, dilations: 1 }),
        filter: () =>
          run('Conv2DBackpropFilter', { x: ddx, dy }, { ...attributes, filterShape: filter.shape }),
      };
    },
  },
];

const run = (
  kernel: string,
  inputs: { [name: string]: tf.Tensor | tf.Tensor[] },
  attributes: object,
): tf.Tensor =>
  tf.engine().runKernel(kernel, inputs as tf.NamedTensorMap, attributes as tf.NamedAttrMap) as tf.Tensor;

function original(kernelName: string): tf.GradConfig {
  return gradientConfigs.find((config) => config.kernelName === kernelName)!;
}

/** Repeats a tensor along the axes that a reduction of a tensor of shape `shape` has removed. */
function spread(reduced: tf.Tensor, shape: number[], attributes: tf.NamedAttrMap | undefined): tf.Tensor {
  const axes = tf.util.parseAxisParam(attributes?.axis as number | number[], shape);
  const kept = shape.map((size, i) => (axes.includes(i) ? 1 : size));
  return tf.mul(tf.reshape(reduced, kept), tf.fill(shape, 1));
}

/** Removes the padding of one axis and adds it, mirrored back, to the values that it was copied from. */
function foldMirror(
  gradient: tf.Tensor,
  axis: number,
  size: number,
  [before, after]: Padding,
  mode: 'reflect' | 'symmetric',
): tf.Tensor {
  const offset = mode === 'reflect' ? 1 : 0;
  const part = (start: number, length: number): tf.Tensor => {
    const begin = gradient.shape.map((_, i) => (i === axis ? start : 0));
    return tf.slice(
      gradient,
      begin,
      gradient.shape.map((n, i) => (i === axis ? length : n)),
    );
  };
  const place = (mirrored: tf.Tensor, start: number): tf.Tensor =>
    tf.pad(
      tf.reverse(mirrored, axis),
      gradient.shape.map(
        (_, i): Padding => (i === axis ? [start, size - start - mirrored.shape[axis]!] : [0, 0]),
      ),
    );
  let folded = part(before, size);
  if (before > 0) folded = tf.add(folded, place(part(0, before), offset));
  if (after > 0) folded = tf.add(folded, place(part(before + size, after), size - after - offset));
  return folded;
}
