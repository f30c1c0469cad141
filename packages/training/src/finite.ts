import { fused, fusedList } from '@tenfold/kernels';
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

/**
 * Whether all values are finite, as a tensor: bool []. Where the backend has no kernel for it their sum decides, which must be
 * below the largest float32.
 */
export function allFinite(tensors: readonly tf.Tensor[]): tf.Tensor {
  const inputs = Object.fromEntries(tensors.entries());
  const [finite] = fused('AllFinite', inputs, {}, () => {
    const sums = tensors.map((tensor) => tf.sum(tensor));
    return [tf.less(tf.abs(tf.addN(sums)), LARGEST)];
  });
  return finite!;
}

/** Two tensors of one shape and type; the second may be a scalar. */
export type Choice = readonly [value: tf.Tensor, other: tf.Tensor];

/** Of each pair the value where a bool [] is true, bit for bit, or the other. */
export function selectEach(condition: tf.Tensor, pairs: readonly Choice[]): tf.Tensor[] {
  const isFloat = (pair: Choice) => pair.every(({ dtype }) => dtype === 'float32');
  const floats = pairs.filter(isFloat);
  const lists = [
    floats.map(() => condition),
    floats.map(([value]) => value),
    floats.map(([, other]) => other),
  ];
  const made = fusedList('SelectList', lists, {}) ?? [];
  const conditions = new Map<number, tf.Tensor>();
  return pairs.map((pair) => {
    const [found] = made[floats.indexOf(pair)] ?? [];
    if (found) return found;
    const [value, other] = pair;
    const size = [value.size];
    const wide = conditions.get(value.size) ?? tf.broadcastTo(condition, size);
    conditions.set(value.size, wide);
    const flat = tf.where(wide, tf.reshape(value, size), other.size === 1 ? other : tf.reshape(other, size));
    return tf.reshape(flat, value.shape);
  });
}
