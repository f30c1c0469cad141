import * as tf from '@tensorflow/tfjs-core';

/** Runs `body` and fails when it leaves tensors behind that it did not return; what it returns is disposed. */
export async function expectNoLeaks(body: () => unknown | Promise<unknown>): Promise<void> {
  const before = tf.memory().numTensors;
  const result = await body();
  tf.dispose(result as tf.TensorContainer);
  const left = tf.memory().numTensors - before;
  if (left !== 0) throw new Error(`expectNoLeaks: ${left} tensors left behind`);
}
