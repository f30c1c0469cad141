import * as tf from '@tensorflow/tfjs-core';
import { allFinite } from './finite';

/**
 * Finds a variable with a NaN or infinite value and returns its name. It reads all values once on the device, and waits for the
 * result without blocking.
 */
export async function findOverflow(variables: tf.NamedTensorMap): Promise<string | undefined> {
  const floats = Object.entries(variables).filter(([, { dtype }]) => dtype === 'float32');
  const finite = tf.tidy(() => allFinite(floats.map(([, variable]) => variable)));
  const [areFinite] = await finite.data();
  finite.dispose();
  if (areFinite) return undefined;
  // Without a kernel for it, the sum of large values can overflow too.
  for (const [name, variable] of floats) {
    const values = (await variable.data()) as Float32Array;
    if (!values.every(Number.isFinite)) return name;
  }
  return undefined;
}
