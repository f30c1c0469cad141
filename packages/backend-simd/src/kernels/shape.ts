import type { DataType, KernelConfig, KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend';
import { fallback } from '../fallback';
import { advance } from '../pointer';
import { limits } from './grain';
import { type Axis, canCopy, computeStrides, copyView, gatherView, hasFourBytes } from './view';

type Call = Parameters<KernelFunc>[0];

/** Makes a kernel. If its wasm version returns undefined, tfjs's CPU kernel runs. */
function kernel(
  kernelName: string,
  run: (simd: SimdBackend, call: Call) => TensorInfo | TensorInfo[] | undefined,
): KernelConfig {
  return {
    kernelName,
    backendName: 'simd',
    kernelFunc: (call) => run(call.backend as SimdBackend, call) ?? fallback(kernelName)(call),
  };
}

const worthwhile = ({ dtype, shape }: TensorInfo): boolean => {
  const size = tf.util.sizeFromShape(shape);
  return hasFourBytes(dtype) && size > 0 && size >= limits.small;
};

/** out = x[begin .. begin + size) */
const slice = kernel(tf.Slice, (simd, { inputs, attrs }) => {
  const { x } = inputs as { x: TensorInfo };
  const { begin, size } = attrs as unknown as tf.SliceAttrs;
  if (!worthwhile(x)) return undefined;
  const [start, shape] = tf.slice_util.parseSliceParams(x as tf.Tensor, begin, size) as [number[], number[]];
  tf.slice_util.assertParamsValid(x, start, shape);
  return copySlice(simd, x, start, shape);
});

function copySlice(
  simd: SimdBackend,
  x: TensorInfo,
  start: number[],
  shape: number[],
): TensorInfo | undefined {
  const from = computeStrides(x.shape);
  const to = computeStrides(shape);
  const axes = shape.map((size, i) => ({ size, from: from[i]!, to: to[i]! }));
  const offset = start.reduce((sum, first, i) => sum + first * from[i]!, 0);
  return canCopy(axes) ? gatherView(simd, x, shape, axes, offset) : undefined;
}

/** Splits x along an axis. */
const splitV = kernel(tf.SplitV, (simd, { inputs, attrs }) => {
  const { x } = inputs as { x: TensorInfo };
  const { numOrSizeSplits, axis } = attrs as unknown as tf.SplitVAttrs;
  if (!worthwhile(x)) return undefined;
  const at = tf.util.parseAxisParam(axis, x.shape)[0]!;
  const start = x.shape.map(() => 0);
  return tf.backend_util.prepareSplitSize(x as tf.Tensor, numOrSizeSplits, at).map((size) => {
    // If one axis is cut, two remain after merging, which can always be copied.
    const part = copySlice(simd, x, start, x.shape.with(at, size))!;
    start[at]! += size;
    return part;
  });
});

/** Joins the rows of tensors: [outer, n_1 + n_2 + …] from [outer, n_i]. */
function join(simd: SimdBackend, tensors: TensorInfo[], shape: number[], outer: number): TensorInfo {
  const pointers = tensors.map((x) => simd.pointer(x));
  const out = simd.output(shape, tensors[0]!.dtype as 'float32' | 'int32');
  const total = tf.util.sizeFromShape(shape) / outer;
  let to = simd.pointer(out);
  tensors.forEach((x, i) => {
    const width = tf.util.sizeFromShape(x.shape) / outer;
    copyView(simd, pointers[i]!, to, [
      { size: outer, from: width, to: total },
      { size: width, from: 1, to: 1 },
    ]);
    to = advance(to, 4 * width);
  });
  return out;
}

const sameType = (tensors: TensorInfo[]): boolean => {
  const dtype: DataType = tensors[0]!.dtype;
  return hasFourBytes(dtype) && tensors.every((x) => x.dtype === dtype);
};

/** Concatenates tensors along an axis. */
const concat = kernel(tf.Concat, (simd, { inputs, attrs }) => {
  const tensors = inputs as unknown as TensorInfo[];
  const axis = tf.util.parseAxisParam((attrs as unknown as tf.ConcatAttrs).axis, tensors[0]!.shape)[0]!;
  const shapes = tensors.map(({ shape }) => shape);
  tf.backend_util.assertParamsConsistent(shapes, axis);
  const shape = tf.backend_util.computeOutShape(shapes, axis);
  const full = tensors.filter((x) => tf.util.sizeFromShape(x.shape) > 0);
  const size = tf.util.sizeFromShape(shape);
  if (full.length < 2 || size < limits.small || !sameType(tensors)) return undefined;
  return join(simd, full, shape, tf.util.sizeFromShape(shape.slice(0, axis)));
});

/** Stacks tensors along a new axis. */
const pack = kernel(tf.Pack, (simd, { inputs, attrs }) => {
  const tensors = inputs as unknown as TensorInfo[];
  const { axis } = attrs as unknown as tf.PackAttrs;
  const [first] = tensors as [TensorInfo];
  const size = tf.util.sizeFromShape(first.shape);
  const alike = tensors.every(({ shape }) => tf.util.arraysEqual(shape, first.shape));
  if (tensors.length < 2 || size === 0 || size * tensors.length < limits.small) return undefined;
  if (!alike || !sameType(tensors)) return undefined;
  const at = axis < 0 ? axis + first.shape.length + 1 : axis;
  const shape = first.shape.toSpliced(at, 0, tensors.length);
  return join(simd, tensors, shape, tf.util.sizeFromShape(first.shape.slice(0, at)));
});

/** Splits a tensor along an axis and removes the axis. */
const unpack = kernel(tf.Unpack, (simd, { inputs, attrs }) => {
  const { value } = inputs as { value: TensorInfo };
  const { axis } = attrs as unknown as tf.UnpackAttrs;
  if (!worthwhile(value)) return undefined;
  const at = axis < 0 ? axis + value.shape.length : axis;
  const shape = value.shape.toSpliced(at, 1);
  const start = value.shape.map(() => 0);
  return Array.from({ length: value.shape[at]! }, (_, i) => {
    start[at] = i;
    const part = copySlice(simd, value, start, value.shape.with(at, 1))!;
    return { ...part, shape };
  });
});

/** Pads x with a constant. */
const pad = kernel(tf.PadV2, (simd, { inputs, attrs }) => {
  const { x } = inputs as { x: TensorInfo };
  const { paddings, constantValue } = attrs as unknown as tf.PadV2Attrs;
  if (!worthwhile(x) || x.dtype !== 'float32') return undefined;
  const shape = x.shape.map((size, i) => size + paddings[i]![0] + paddings[i]![1]);
  const [from, to] = [computeStrides(x.shape), computeStrides(shape)];
  const axes = x.shape.map((size, i) => ({ size, from: from[i]!, to: to[i]! }));
  if (!canCopy(axes)) return undefined;
  const pointer = simd.pointer(x);
  const out = simd.output(shape);
  const target = simd.pointer(out);
  simd.parallel('fill', [target, constantValue], tf.util.sizeFromShape(shape), 65536);
  const offset = paddings.reduce((sum, [before], i) => sum + before * to[i]!, 0);
  copyView(simd, pointer, advance(target, 4 * offset), axes);
  return out;
});

/** Repeats x along its axes. */
const tile = kernel(tf.Tile, (simd, { inputs, attrs }) => {
  const { x } = inputs as { x: TensorInfo };
  const { reps } = attrs as unknown as tf.TileAttrs;
  const shape = x.shape.map((size, i) => size * reps[i]!);
  const size = tf.util.sizeFromShape(shape);
  if (!hasFourBytes(x.dtype) || size === 0 || size < limits.small || reps.length !== x.shape.length)
    return undefined;
  const [from, to] = [computeStrides(x.shape), computeStrides(shape)];
  const axes = x.shape.flatMap((size, i): Axis[] => [
    { size: reps[i]!, from: 0, to: size * to[i]! },
    { size, from: from[i]!, to: to[i]! },
  ]);
  return canCopy(axes) ? gatherView(simd, x, shape, axes, 0) : undefined;
});

/** Reverses x along some axes. */
const reverse = kernel(tf.Reverse, (simd, { inputs, attrs }) => {
  const { x } = inputs as { x: TensorInfo };
  if (!worthwhile(x)) return undefined;
  const backwards = tf.util.parseAxisParam((attrs as unknown as tf.ReverseAttrs).dims, x.shape);
  const strides = computeStrides(x.shape);
  const axes = x.shape.map((size, i) => {
    const to = strides[i]!;
    return { size, from: backwards.includes(i) ? -to : to, to };
  });
  const offset = backwards.reduce((sum, i) => sum + (x.shape[i]! - 1) * strides[i]!, 0);
  return canCopy(axes) ? gatherView(simd, x, x.shape, axes, offset) : undefined;
});

const constant = (kernelName: string, value: number): KernelConfig =>
  kernel(kernelName, (simd, { inputs }) => {
    const { x } = inputs as { x: TensorInfo };
    if (!worthwhile(x) || x.dtype !== 'float32') return undefined;
    const out = simd.output(x.shape);
    simd.parallel('fill', [simd.pointer(out), value], tf.util.sizeFromShape(x.shape), 65536);
    return out;
  });

/** Kernels that move elements. */
export const shapeKernels: KernelConfig[] = [
  concat,
  constant(tf.OnesLike, 1),
  constant(tf.ZerosLike, 0),
  pack,
  pad,
  reverse,
  slice,
  splitV,
  tile,
  unpack,
];
