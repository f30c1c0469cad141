import { func, type Kind } from '@tenfold/checks';
import type * as tf from '@tensorflow/tfjs-core';

/**
 * The activation function of a layer: `relu`, `gelu`, `tf.sin`, or your own. If the backend supports its `kernel`, it is fused
 * into the kernel of the layer where that saves a pass over memory.
 */
export interface LayerActivation {
  (x: tf.Tensor): tf.Tensor;
  /** Its name for backends that can fuse it; undefined if none can. */
  readonly kernel?: string | undefined;
}

export const activations: Kind = { ...func, expected: 'a function of a tensor such as relu' };

/** Applies an activation, if there is one. */
export const activate = (activation: LayerActivation | undefined, x: tf.Tensor): tf.Tensor =>
  activation ? activation(x) : x;
