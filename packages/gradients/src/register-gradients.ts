import * as tf from '@tensorflow/tfjs-core';
import { additions } from './additions';
import { corrections } from './corrections';
import { gradientConfigs } from './generated/gradient-configs';
import { masks } from './masks';
import { orderTape } from './order-tape';

/**
 * Registers the gradient of every tfjs-core operation that has one. Importing the package does this once; call it
 * again only after `tf.unregisterGradient`.
 *
 * It also corrects the order of tfjs's tape, so that gradients of gradients are correct.
 *
 * Existing gradients are not replaced: your own definitions and those of `@tensorflow/tfjs` take precedence, and a second
 * call does nothing.
 *
 * @returns the names of the kernels whose gradients were added; empty when all were registered before
 * @example
 * import '@tensorflow/tfjs-backend-cpu';
 * import '@tenfold/gradients';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * const gradient = tf.grad((x: tf.Tensor) => tf.sum(tf.square(x)));
 * gradient(tf.tensor1d([1, 2, 3])).print(); // [2, 4, 6]
 */
export function registerGradients(): string[] {
  orderTape();
  const configs = new Map(
    [...gradientConfigs, ...corrections, ...masks, ...additions].map((config) => [config.kernelName, config]),
  );
  const missing = [...configs.keys()].filter((name) => tf.getGradient(name) === undefined);
  for (const name of missing) tf.registerGradient(configs.get(name)!);
  return missing;
}

// Importing the package is all that a program has to do.
registerGradients();
