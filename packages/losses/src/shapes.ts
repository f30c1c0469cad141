import * as tf from '@tensorflow/tfjs-core';

export type Input = tf.Tensor | tf.TensorLike;

/** The two tensors of a loss, in float32 and of one shape. */
export function sameShape(
  name: string,
  labels: Input,
  predictions: Input,
  called: string,
  hint = '',
): [tf.Tensor, tf.Tensor] {
  const [y, p] = [toFloat(labels), toFloat(predictions)];
  if (y.shape.join() !== p.shape.join()) {
    throw new Error(
      `${name}: ${called} have shape [${p.shape}] but labels have shape [${y.shape}]; give both the same shape${hint}`,
    );
  }
  return [y, p];
}

/** Labels [batch, …, classes] and scores of the same shape. */
export function denseClasses(
  name: string,
  labels: Input,
  scores: Input,
  called: string,
): [tf.Tensor, tf.Tensor] {
  const hint = `; for class indices use sparse${name[0]!.toUpperCase()}${name.slice(1)}`;
  const [y, z] = sameShape(name, labels, scores, called, hint);
  if (z.rank < 1) throw new Error(`${name}: ${called} are a scalar; give [batch, …, classes]`);
  return [y, z];
}

/** Class indices [batch, …] as one-hot labels [batch, …, classes] beside the scores. */
export function sparseClasses(
  name: string,
  labels: Input,
  scores: Input,
  called: string,
): [tf.Tensor, tf.Tensor] {
  const y = labels instanceof tf.Tensor ? labels : tf.tensor(labels, undefined, 'int32');
  const z = toFloat(scores);
  const expected = z.shape.slice(0, -1);
  if (z.rank < 1 || y.shape.join() !== expected.join()) {
    throw new Error(
      `${name}: ${called} have shape [${z.shape}] but labels have shape [${y.shape}]; give class indices of shape [${expected}]${
        y.shape.join() === z.shape.join()
          ? `, or use ${name.replace('sparse', '').replace(/^./, (c) => c.toLowerCase())}`
          : ''
      }`,
    );
  }
  // tf.oneHot refuses a single class.
  const classes = tf.range(0, z.shape.at(-1)!, 1, 'int32');
  return [tf.cast(tf.equal(tf.expandDims(tf.cast(y, 'int32'), -1), classes), 'float32'), z];
}

function toFloat(x: Input): tf.Tensor {
  const tensor = x instanceof tf.Tensor ? x : tf.tensor(x);
  return tensor.dtype === 'float32' ? tensor : tf.cast(tensor, 'float32');
}
