import * as tf from '@tensorflow/tfjs-core';

/** Fewer numbers than this are looked at one by one; a sum of more is taken by the backend. */
const FEW = 4096;
/** The largest float32 is 3.4028e38. */
const LARGEST = 3.4e38;

/**
 * Whether reading a tensor at once would wait for a GPU, or is impossible: then decisions have to be made there.
 */
export function isOnGpu(): boolean {
  return tf.backend().readToGPU !== tf.KernelBackend.prototype.readToGPU;
}

/** The name of a tensor that has a NaN or infinite value. Reads at once: not for a GPU. */
export function findNotFinite(tensors: tf.NamedTensorMap): string | undefined {
  return Object.entries(tensors).find(([, tensor]) => !isFiniteTensor(tensor))?.[0];
}

function isFiniteTensor(tensor: tf.Tensor): boolean {
  if (tensor.size > FEW) {
    // NaN and infinity pass through a sum. A sum may also overflow, so that only a finite one decides.
    const sum = tf.tidy(() => tf.sum(tensor).dataSync()[0]!);
    if (Number.isFinite(sum)) return true;
  }
  return (tensor.dataSync() as Float32Array).every((value) => Number.isFinite(value));
}

/** Whether all values are finite, as a tensor: bool []. Their sum decides, which must be below the largest float32. */
export function allFinite(tensors: tf.Tensor[]): tf.Tensor {
  return tf.tidy(() => tf.less(tf.abs(tf.addN(tensors.map((tensor) => tf.sum(tensor)))), LARGEST));
}

/** A function of two tensors of one shape that gives the first where a bool [] is true, bit for bit, or the second. */
export function chooser(condition: tf.Tensor): (a: tf.Tensor, b: tf.Tensor) => tf.Tensor {
  const conditions = new Map<number, tf.Tensor>();
  return (a, b) => {
    const size = [a.size];
    const wide = conditions.get(a.size) ?? tf.broadcastTo(condition, size);
    conditions.set(a.size, wide);
    return tf.tidy(() => tf.reshape(tf.where(wide, tf.reshape(a, size), tf.reshape(b, size)), a.shape));
  };
}
