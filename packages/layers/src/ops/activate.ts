import { callGiven, func, type Kind, show } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';

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

/**
 * Applies an activation, if there is one.
 *
 * @param name of the layer; starts errors
 * @throws when the activation does not return a tensor of the shape of x, such as `glu`, which halves an axis
 */
export function activate(name: string, activation: LayerActivation | undefined, x: tf.Tensor): tf.Tensor {
  if (!activation) return x;
  const y: unknown = callGiven(activation, x);
  if (y instanceof tf.Tensor && y.shape.join() === x.shape.join()) return y;
  const returned = y instanceof tf.Tensor ? `a tensor of shape [${y.shape}]` : show(y);
  throw new Error(
    `${name}: activation ${activation.name ? `${activation.name} ` : ''}returned ${returned} for one of shape [${x.shape}]; give a function that keeps the shape, or make the function the next layer of sequential`,
  );
}
