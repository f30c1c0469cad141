import { type Kind, oneOf } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { Initializer } from '../initializers';
import { addBias } from './add-bias';

/** Which states are the output: all [batch, time, units], or the last or their mean [batch, units]. */
export type RecurrentOutput = 'all' | 'last' | 'mean';

export interface RecurrentOptions {
  /** Size of one step of the input. */
  inFeatures: number;
  /** Size of the state. */
  units: number;
  /** Which states are the output; 'last' by default. */
  output?: RecurrentOutput;
  /** Of the input's kernel; uniform in ±1/√units by default, and so are the biases. */
  initializer?: Initializer;
  /** Of the recurrent kernel; uniform in ±1/√units by default. */
  recurrentInitializer?: Initializer;
}

export const outputs: Kind = oneOf('all', 'last', 'mean');

/**
 * x·W + b for all steps in one product, in the order the steps are taken.
 *
 * @param x [batch, time, inFeatures]
 * @returns [time, batch, gates·units]
 * @throws when x is not such a batch, or has no sequence or no step
 */
export function projectInputs(name: string, x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  const [inFeatures, columns] = kernel.shape as [number, number];
  if (x.rank !== 3 || x.shape[2] !== inFeatures || x.shape[0] === 0 || x.shape[1] === 0) {
    throw new Error(
      `${name}: the input has shape [${x.shape}]; give at least one sequence [batch, time, ${inFeatures}] of at least one step, since inFeatures is ${inFeatures}`,
    );
  }
  const [batch, time] = x.shape as [number, number, number];
  const rows = tf.reshape(tf.transpose(x, [1, 0, 2]), [time * batch, inFeatures]);
  const product = addBias(tf.matMul(rows, kernel as tf.Tensor2D), bias);
  return tf.reshape(product, [time, batch, columns]);
}

/** The output, from the states [time, batch, units]. */
export function selectOutput(states: tf.Tensor, output: RecurrentOutput): tf.Tensor {
  const [time, batch, units] = states.shape as [number, number, number];
  if (output === 'all') return tf.transpose(states, [1, 0, 2]);
  if (output === 'mean') return tf.mean(states, 0);
  return tf.reshape(tf.slice(states, [time - 1, 0, 0], [1, batch, units]), [batch, units]);
}

/**
 * The gradient of the recurrent kernel, summed over all steps in one product.
 *
 * @param states [time, batch, units], all but the last were multiplied
 * @param dproducts [time, batch, gates·units], gradients of the products; the first step had none
 */
export function recurrentKernelGradient(states: tf.Tensor, dproducts: tf.Tensor): tf.Tensor {
  const [time, batch, units] = states.shape as [number, number, number];
  const columns = dproducts.shape[2]!;
  if (time === 1) return tf.zeros([units, columns]);
  const rows = (time - 1) * batch;
  const before = tf.reshape(tf.slice(states, [0, 0, 0], [time - 1, batch, units]), [rows, units]);
  const after = tf.reshape(tf.slice(dproducts, [1, 0, 0], [time - 1, batch, columns]), [rows, columns]);
  return tf.matMul(before as tf.Tensor2D, after as tf.Tensor2D, true, false);
}
