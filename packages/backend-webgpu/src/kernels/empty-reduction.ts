import * as tf from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { fallback } from '../fallback';

/**
 * The result of a reduction of a tensor without elements, which tfjs's kernels divide by zero for; undefined for other tensors. The
 * values are those of tfjs's CPU backend, and so of every other backend.
 *
 * @param value what is the result of no terms, such as 0 for a sum
 */
export function emptyReduction(
  { inputs, attrs, backend }: Parameters<tf.KernelFunc>[0],
  value: number,
  dtype?: tf.DataType,
): tf.TensorInfo | undefined {
  const { x } = inputs as { x: tf.TensorInfo };
  if (tf.util.sizeFromShape(x.shape) > 0) return undefined;
  // Max has another name for its axes.
  const { axis, reductionIndices, keepDims } = attrs as unknown as tf.SumAttrs & tf.MaxAttrs;
  const axes = tf.util.parseAxisParam(axis ?? reductionIndices, x.shape);
  const shape = keepDims
    ? x.shape.map((size, i) => (axes.includes(i) ? 1 : size))
    : x.shape.filter((_, i) => !axes.includes(i));
  const type = dtype ?? x.dtype;
  const values = tf.util.makeZerosTypedArray(tf.util.sizeFromShape(shape), type as 'float32').fill(value);
  return (backend as WebgpuBackend).makeTensorInfo(shape, type, values);
}

const reduction = (kernelName: string, value: number, dtype?: tf.DataType): tf.KernelConfig => ({
  kernelName,
  backendName: 'webgpu',
  kernelFunc: (call) => emptyReduction(call, value, dtype) ?? fallback(kernelName)(call),
});

/** tfjs's kernels, which also reduce tensors without elements. */
export const reductionKernels: tf.KernelConfig[] = [
  reduction(tf.All, 0),
  reduction(tf.Any, 0),
  reduction(tf.Max, Number.NaN),
  reduction(tf.Mean, 0, 'float32'),
  reduction(tf.Min, Number.NaN),
];
