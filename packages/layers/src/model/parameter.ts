import type { Rng } from '@tenfold/random';
import * as tf from '@tensorflow/tfjs-core';
import type { Initializer } from '../initializers';

/** A variable with its first value. */
export function parameter(
  shape: number[],
  initializer: Initializer,
  rng: Rng,
  { trainable = true }: { trainable?: boolean } = {},
): tf.Variable {
  const value = tf.tensor(initializer(shape, rng), shape);
  const variable = tf.variable(value, trainable);
  value.dispose();
  return variable;
}

/** Fails unless every option named is an integer of at least 1. */
export function assertSizes(name: string, sizes: Record<string, number>): void {
  for (const [option, size] of Object.entries(sizes)) {
    if (!Number.isInteger(size) || size < 1) {
      throw new Error(`${name}: ${option} is ${size}; give an integer of at least 1`);
    }
  }
}
