import { type Kind, oneOf } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { Initializer } from '../initializers';
import { addBias } from './add-bias';

/** The states to output: all, [batch, time, units], or the last or their mean, [batch, units]. */
export type RecurrentOutput = 'all' | 'last' | 'mean';

export interface RecurrentOptions<S extends boolean = boolean> {
  /** Size of the input at one time step. */
  inFeatures: number;
  /** Size of the state. */
  units: number;
  /** The states to output; 'last' by default. */
  output?: RecurrentOutput;
  /** Whether to return the final state as well, as { y, state }; false by default. */
  returnState?: S;
  /** Initializer of the input's kernel; by default, uniform in ±1/√units, like the biases. */
  initializer?: Initializer;
  /** Initializer of the recurrent kernel; by default, uniform in ±1/√units. */
  recurrentInitializer?: Initializer;
}

export const outputs: Kind = oneOf('all', 'last', 'mean');

/**
 * Computes x·W + b for all time steps in one product, with time as the first axis.
 *
 * @param x [batch, time, inFeatures]
 * @returns [time, batch, gates·units]
 * @throws when x is not such a batch, or has no sequences or no steps
 */
export function projectInputs(name: string, x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  const [inFeatures, columns] = kernel.shape as [number, number];
  if (x.rank !== 3 || x.shape[2] !== inFeatures || x.shape[0] === 0 || x.shape[1] === 0) {
    throw new Error(
      `${name}: the input has shape [${x.shape}]; give at least one sequence [batch, time, ${inFeatures}] of at least one step, because inFeatures is ${inFeatures}`,
    );
  }
  const [batch, time] = x.shape as [number, number, number];
  const rows = tf.reshape(tf.transpose(x, [1, 0, 2]), [time * batch, inFeatures]);
  const product = addBias(tf.matMul(rows, kernel as tf.Tensor2D), bias);
  return tf.reshape(product, [time, batch, columns]);
}

/**
 * Computes the gradient of the recurrent kernel over all time steps in one product.
 *
 * @param states [time, batch, units]; all but the last were multiplied by the kernel
 * @param dproducts [time, batch, gates·units], gradients of the products; the first step has no product
 */
export function recurrentKernelGradient(states: tf.Tensor, dproducts: tf.Tensor): tf.Tensor {
  const [time, batch, units] = states.shape as [number, number, number];
  const columns = dproducts.shape[2]!;
  if (time === 1) return tf.zeros([units, columns]);
  const rows = (time - 1) * batch;
  const previous = tf.reshape(tf.slice(states, [0, 0, 0], [time - 1, batch, units]), [rows, units]);
  const after = tf.reshape(tf.slice(dproducts, [1, 0, 0], [time - 1, batch, columns]), [rows, columns]);
  return tf.matMul(previous as tf.Tensor2D, after as tf.Tensor2D, true, false);
}
