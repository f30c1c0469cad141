import { func, type Kind } from '@tenfold/checks';
import type * as tf from '@tensorflow/tfjs-core';

/**
 * A function that a layer ends with: `relu`, `gelu`, `tf.sin`, or your own. One whose `kernel` the backend knows runs within
 * the layer's own kernel where that saves a pass over memory.
 */
export interface LayerActivation {
  (x: tf.Tensor): tf.Tensor;
  /** The name by which backends fuse it; undefined where none does. */
  readonly kernel?: string | undefined;
}

export const activations: Kind = { ...func, expected: 'a function of a tensor such as relu' };

/** The value of an activation, x where there is none. */
export const activate = (activation: LayerActivation | undefined, x: tf.Tensor): tf.Tensor =>
  activation ? activation(x) : x;
