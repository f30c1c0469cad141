import type { Trainer } from '@tenfold/training';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Runs a function with the averaged parameters, if the optimizer keeps an average, then restores the parameters bit for bit.
 */
export async function withAverage<T>({ model, state }: Trainer, body: () => Promise<T>): Promise<T> {
  const { average } = state;
  if (!average) return body();
  const variables = Object.entries(model.trainable());
  const saved = variables.map(([, variable]) => tf.clone(variable));
  try {
    for (const [name, variable] of variables) variable.assign(average[name]!);
    return await body();
  } finally {
    for (const [i, [, variable]] of variables.entries()) variable.assign(saved[i]!);
    tf.dispose(saved);
  }
}
