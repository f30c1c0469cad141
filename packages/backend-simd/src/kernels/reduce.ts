import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend';
import { fallback } from '../fallback';
import type { Pointer } from '../pointer';
import { chooseGrain, limits } from './grain';

type Reduction = 'sum' | 'max' | 'min';

/** The number of elements in a slice of a long axis. */
const SLICE = 32768;
const MOST_SLICES = 64;

/**
 * Reduces a float32 tensor along `axes`: adjacent axes together, the last ones first.
 *
 * @param scale factor of a sum
 * @returns a tensor without the reduced axes
 */
export function runReduction(
  simd: SimdBackend,
  reduction: Reduction,
  x: TensorInfo,
  axes: number[],
  scale = 1,
): TensorInfo {
  const shape = x.shape.filter((_, i) => !axes.includes(i));
  const groups = groupAxes(x.shape, axes);
  if (groups.length === 0) groups.push({ length: 1, reduced: true });
  let from = simd.pointer(x);
  let bytes = 0;
  while (groups.some(({ reduced }) => reduced)) {
    const at = groups.findLastIndex(({ reduced }) => reduced);
    const outer = countElements(groups.slice(0, at));
    const inner = countElements(groups.slice(at + 1));
    const { length } = groups[at]!;
    groups.splice(at, 1);
    const final = !groups.some(({ reduced }) => reduced);
    if (final) {
      const out = simd.output(shape);
      reduceMiddle(simd, reduction, from, simd.pointer(out), outer, length, inner, scale);
      if (bytes) simd.release(from, bytes);
      return out;
    }
    const partBytes = outer * inner * 4;
    const part = simd.temporary(partBytes);
    reduceMiddle(simd, reduction, from, part, outer, length, inner, 1);
    if (bytes) simd.release(from, bytes);
    from = part;
    bytes = partBytes;
  }
  throw new Error('simd backend: a reduction without axes');
}

/** [outer, length, inner] -> [outer, inner] */
export function reduceMiddle(
  simd: SimdBackend,
  reduction: Reduction,
  from: Pointer,
  to: Pointer,
  outer: number,
  length: number,
  inner: number,
  scale: number,
): void {
  const name = `${reduction}${inner === 1 ? 'Rows' : 'Columns'}` as const;
  const run = (x: Pointer, out: Pointer, n: number, slices: number, per: number, factor: number) => {
    const items = outer * slices;
    simd.parallel(
      name,
      [x, out, n, inner, slices, per, factor],
      items,
      chooseGrain(simd, items, per * inner),
    );
  };
  const slices = sliceCount(outer, length, inner);
  if (slices === 1) {
    run(from, to, length, 1, length, scale);
    return;
  }
  const bytes = outer * slices * inner * 4;
  const part = simd.temporary(bytes);
  run(from, part, length, slices, Math.ceil(length / slices), 1);
  run(part, to, slices, 1, slices, scale);
  simd.release(part, bytes);
}

// Depends only on the shape, so that the result does not depend on the number of threads.
function sliceCount(outer: number, length: number, inner: number): number {
  if (outer >= MOST_SLICES) return 1;
  const desired = Math.min(MOST_SLICES, length, Math.floor((length * inner) / SLICE));
  if (desired < 2) return 1;
  // No slice may start after the end.
  return Math.ceil(length / Math.ceil(length / desired));
}

interface Group {
  length: number;
  reduced: boolean;
}

function groupAxes(shape: number[], axes: number[]): Group[] {
  const groups: Group[] = [];
  shape.forEach((length, i) => {
    const reduced = axes.includes(i);
    const last = groups.at(-1);
    if (last?.reduced === reduced) last.length *= length;
    else groups.push({ length, reduced });
  });
  return groups;
}

function countElements(groups: Group[]): number {
  return groups.reduce((size, { length }) => size * length, 1);
}

interface ReductionAttrs {
  axis?: number | number[];
  reductionIndices?: number | number[];
  keepDims?: boolean;
}

function reduction(kernelName: string, name: Reduction, mean = false): KernelConfig {
  return {
    kernelName,
    backendName: 'simd',
    kernelFunc: (call) => {
      const { x } = call.inputs as { x: TensorInfo };
      const { axis, reductionIndices, keepDims } = call.attrs as unknown as ReductionAttrs;
      const size = tf.util.sizeFromShape(x.shape);
      const axes = tf.util.parseAxisParam(reductionIndices ?? axis!, x.shape);
      if (x.dtype !== 'float32' || size === 0 || size < limits.small || axes.length === 0) {
        return fallback(kernelName)(call);
      }
      const simd = call.backend as SimdBackend;
      const length = axes.reduce((n, i) => n * x.shape[i]!, 1);
      const out = runReduction(simd, name, x, axes, mean ? 1 / length : 1);
      if (keepDims) out.shape = tf.backend_util.expandShapeToKeepDim(out.shape, axes);
      return out;
    },
  };
}

/** The index of the largest (or, with sign -1, smallest) value along one axis. */
function argExtreme(kernelName: string, sign: number): KernelConfig {
  return {
    kernelName,
    backendName: 'simd',
    kernelFunc: (call) => {
      const { x } = call.inputs as { x: TensorInfo };
      const { axis } = call.attrs as unknown as { axis: number };
      const size = tf.util.sizeFromShape(x.shape);
      if (x.dtype !== 'float32' || size === 0 || size < limits.small) return fallback(kernelName)(call);
      const simd = call.backend as SimdBackend;
      const at = tf.util.parseAxisParam(axis, x.shape)[0]!;
      const length = x.shape[at]!;
      const outer = tf.util.sizeFromShape(x.shape.slice(0, at));
      const inner = tf.util.sizeFromShape(x.shape.slice(at + 1));
      const from = simd.pointer(x);
      const out = simd.output([...x.shape.slice(0, at), ...x.shape.slice(at + 1)], 'int32');
      simd.parallel(
        'argExtreme',
        [from, simd.pointer(out), length, inner, sign],
        outer,
        chooseGrain(simd, outer, length * inner),
      );
      return out;
    },
  };
}

/** Sums, means, extremes. */
export const reductionKernels: KernelConfig[] = [
  reduction(tf.Sum, 'sum'),
  reduction(tf.Mean, 'sum', true),
  reduction(tf.Max, 'max'),
  reduction(tf.Min, 'min'),
  argExtreme(tf.ArgMax, 1),
  argExtreme(tf.ArgMin, -1),
];
