import * as tf from '@tensorflow/tfjs-core';
import { fallback } from '../fallback';

/** tfjs's shaders of two operands index at most four axes. */
const MOST_AXES = 4;

/**
 * Lets a kernel of two operands that broadcasts take five axes and more: neighboring axes that broadcast alike become one, such as the
 * pixels of volumes whose channels are scaled.
 */
export const withManyAxes =
  (kernelFunc: tf.KernelFunc): tf.KernelFunc =>
  (call) => {
    const { a, b } = call.inputs as { a: tf.TensorInfo; b: tf.TensorInfo };
    if (Math.max(a.shape.length, b.shape.length) <= MOST_AXES || a.dtype === 'complex64') {
      return kernelFunc(call);
    }
    const shape = tf.broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);
    const merged = mergeAxes(a.shape, b.shape);
    const inputs = { a: { ...a, shape: merged.a }, b: { ...b, shape: merged.b } };
    return { ...(kernelFunc({ ...call, inputs }) as tf.TensorInfo), shape };
  };

/** The shapes of two operands with as few axes as possible. */
export function mergeAxes(a: number[], b: number[]): { a: number[]; b: number[] } {
  const rank = Math.max(a.length, b.length);
  const padded = (shape: number[]) => [...Array<number>(rank - shape.length).fill(1), ...shape];
  const [longA, longB] = [padded(a), padded(b)];
  const merged = { a: [] as number[], b: [] as number[] };
  let last = '';
  for (const [axis, sizeA] of longA.entries()) {
    const sizeB = longB[axis]!;
    if (sizeA === 1 && sizeB === 1) continue;
    const pattern = `${sizeA === 1} ${sizeB === 1}`;
    if (pattern === last) {
      merged.a.push(merged.a.pop()! * sizeA);
      merged.b.push(merged.b.pop()! * sizeB);
    } else {
      merged.a.push(sizeA);
      merged.b.push(sizeB);
    }
    last = pattern;
  }
  return merged;
}

/** tfjs's kernels of two operands that are not written here, for any number of axes. */
export const manyAxesKernels: tf.KernelConfig[] = [
  tf.Equal,
  tf.FloorDiv,
  tf.Greater,
  tf.GreaterEqual,
  tf.Less,
  tf.LessEqual,
  tf.LogicalAnd,
  tf.Maximum,
  tf.Minimum,
  tf.NotEqual,
  tf.Pow,
  tf.SquaredDifference,
].map((kernelName) => ({
  kernelName,
  backendName: 'webgpu',
  kernelFunc: withManyAxes((call) => fallback(kernelName)(call)),
}));
