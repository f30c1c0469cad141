import * as tf from '@tensorflow/tfjs-core';

/** Runs `body`, disposes the returned tensors, and throws if any others are left. */
export async function expectNoLeaks(body: () => unknown | Promise<unknown>): Promise<void> {
  const before = tf.memory().numTensors;
  const result = await body();
  tf.dispose(result as tf.TensorContainer);
  const left = tf.memory().numTensors - before;
  if (left !== 0) throw new Error(`expectNoLeaks: ${left} tensors left behind`);
}
