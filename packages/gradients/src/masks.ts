import * as tf from '@tensorflow/tfjs-core';
import { sumTo } from './sum-to';

/** dy where the mask is true, 0 elsewhere, even if dy is NaN or infinite there. */
const keep = (mask: tf.Tensor, dy: tf.Tensor): tf.Tensor => tf.where(mask, dy, tf.zerosLike(dy));
const drop = (mask: tf.Tensor, dy: tf.Tensor): tf.Tensor => tf.where(mask, tf.zerosLike(dy), dy);

/**
 * Replacements for definitions of tfjs-core 4.22 that multiply by a mask of zeros and ones: 0·∞ and 0·NaN are NaN, so a
 * gradient that is not finite spoiled values that had no part in the output.
 */
export const masks: readonly tf.GradConfig[] = [
  {
    kernelName: tf.Relu,
    inputsToSave: ['x'],
    gradFunc: (dy, [x]) => ({ x: () => drop(tf.lessEqual(x!, 0), dy as tf.Tensor) }),
  },
  {
    kernelName: tf.Relu6,
    inputsToSave: ['x'],
    gradFunc: (dy, [x]) => ({
      x: () => drop(tf.logicalOr(tf.lessEqual(x!, 0), tf.greater(x!, 6)), dy as tf.Tensor),
    }),
  },
  {
    kernelName: tf.Select,
    inputsToSave: ['condition'],
    gradFunc: (dy, [condition]) => ({
      condition: () => tf.cast(tf.zerosLike(condition!), 'float32'),
      t: () => keep(condition!, dy as tf.Tensor),
      e: () => drop(condition!, dy as tf.Tensor),
    }),
  },
  ofPairs(tf.Maximum, tf.greaterEqual),
  ofPairs(tf.Minimum, tf.lessEqual),
  extremum(tf.Max, (attributes) => (attributes as unknown as tf.MaxAttrs).reductionIndices),
  extremum(tf.Min, (attributes) => (attributes as unknown as tf.MinAttrs).axis),
];

/** The larger or smaller value of each pair, the first one of equal values; tfjs's gradients throw when an operand was broadcast. */
function ofPairs(kernelName: string, isFirst: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, [a, b]) => ({
      a: () => sumTo(keep(isFirst(a!, b!), dy as tf.Tensor), a!.shape),
      b: () => sumTo(drop(isFirst(a!, b!), dy as tf.Tensor), b!.shape),
    }),
  };
}

/** The largest or smallest value along axes: every value that equals it gets the gradient. */
function extremum(
  kernelName: string,
  readAxes: (attributes: tf.NamedAttrMap) => number | number[],
): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: ['x'],
    outputsToSave: [true],
    gradFunc: (dy, [x, y], attributes) => ({
      x: () => {
        const axes = tf.util.parseAxisParam(readAxes(attributes), x!.shape);
        const shape = x!.shape.map((size, i) => (axes.includes(i) ? 1 : size));
        const spread = (t: tf.Tensor) => tf.broadcastTo(tf.reshape(t, shape), x!.shape);
        return keep(tf.equal(x!, spread(y!)), spread(dy as tf.Tensor));
      },
    }),
  };
}
