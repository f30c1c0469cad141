import { floatTensor, type Input } from '@tenfold/kernels';
import type * as tf from '@tensorflow/tfjs-core';

/** Reads labels and predictions of the same shape. */
export function readNumbers(name: string, labels: Input, predictions: Input): [tf.Tensor, tf.Tensor] {
  const [y, p] = [floatTensor(name, 'labels', labels), floatTensor(name, 'predictions', predictions)];
  if (y.shape.join() !== p.shape.join()) {
    throw new Error(
      `${name}: predictions have shape [${p.shape}] but labels have shape [${y.shape}]; give both the same shape`,
    );
  }
  return [y, p];
}
