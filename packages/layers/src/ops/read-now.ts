import * as tf from '@tensorflow/tfjs-core';

/** Backends whose tensors are in memory that JavaScript reads without waiting. */
const READABLE = new Set(['cpu', 'simd', 'wasm']);

/** The values of a tensor if they can be read at once; undefined on a GPU. */
export const readNow = (x: tf.Tensor): ArrayLike<number> | undefined =>
  READABLE.has(tf.getBackend()) ? x.dataSync() : undefined;
