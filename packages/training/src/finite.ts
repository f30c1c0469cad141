import { fused, fusedList } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';

/** Smaller tensors are checked element by element; the backend sums larger ones. */
const FEW = 4096;
/** The largest float32 is 3.4028e38. */
const LARGEST = 3.4e38;

/**
 * Whether a synchronous read would wait for a GPU or is impossible, so that decisions must be made on the device.
 */
export function isOnGpu(): boolean {
  return tf.backend().readToGPU !== tf.KernelBackend.prototype.readToGPU;
}

/** Finds a tensor with a NaN or infinite value and returns its name. Reads synchronously, so not for a GPU. */
export function findNotFinite(tensors: tf.NamedTensorMap): string | undefined {
  return Object.entries(tensors).find(([, tensor]) => !isFiniteTensor(tensor))?.[0];
}

function isFiniteTensor(tensor: tf.Tensor): boolean {
  if (tensor.size > FEW) {
    // NaN and infinity propagate through a sum. A sum can also overflow, so only a finite sum is conclusive.
    const sum = tf.tidy(() => tf.sum(tensor).dataSync()[0]!);
    if (Number.isFinite(sum)) return true;
  }
  return (tensor.dataSync() as Float32Array).every((value) => Number.isFinite(value));
}

/**
 * Whether all values are finite, as a tensor: bool []. Without the kernel `AllFinite`, it checks that their sum is in the range of
 * float32.
 */
export function allFinite(tensors: readonly tf.Tensor[]): tf.Tensor {
  const inputs = Object.fromEntries(tensors.entries());
  const [finite] = fused('AllFinite', inputs, {}, () => {
    const sums = tensors.map((tensor) => tf.sum(tensor));
    return [tf.less(tf.abs(tf.addN(sums)), LARGEST)];
  });
  return finite!;
}

/** Two tensors of the same shape and dtype; the second may be a scalar. */
export type Choice = readonly [value: tf.Tensor, alternative: tf.Tensor];

/** Selects from each pair the value, bit for bit, if a bool [] is true, or else the alternative. */
export function selectEach(condition: tf.Tensor, pairs: readonly Choice[]): tf.Tensor[] {
  const isFloat = (pair: Choice) => pair.every(({ dtype }) => dtype === 'float32');
  const floats = pairs.filter(isFloat);
  const lists = [
    floats.map(() => condition),
    floats.map(([value]) => value),
    floats.map(([, other]) => other),
  ];
  const selected = fusedList('SelectList', lists, {}) ?? [];
  const conditions = new Map<number, tf.Tensor>();
  return pairs.map((pair) => {
    const [found] = selected[floats.indexOf(pair)] ?? [];
    if (found) return found;
    const [value, other] = pair;
    const size = [value.size];
    const wide = conditions.get(value.size) ?? tf.broadcastTo(condition, size);
    conditions.set(value.size, wide);
    const flat = tf.where(wide, tf.reshape(value, size), other.size === 1 ? other : tf.reshape(other, size));
    return tf.reshape(flat, value.shape);
  });
}
