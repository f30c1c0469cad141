import {
  type KernelConfig,
  type TensorInfo,
  Transpose,
  type TransposeAttrs,
  util,
} from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend';
import { fallback } from '../fallback';
import { chooseGrain, limits } from './grain';
import { withTable } from './table';
import { type Axis, canCopy, computeStrides, gatherView, hasFourBytes, mergeAxes } from './view';

/** out[i_perm] = x[i] */
export const transpose: KernelConfig = {
  kernelName: Transpose,
  backendName: 'simd',
  kernelFunc: (call) => {
    const { x } = call.inputs as { x: TensorInfo };
    const { perm } = call.attrs as unknown as TransposeAttrs;
    const size = util.sizeFromShape(x.shape);
    if (!hasFourBytes(x.dtype) || size === 0 || size < limits.small) return fallback(Transpose)(call);
    const simd = call.backend as SimdBackend;
    const shape = perm.map((axis) => x.shape[axis]!);
    const strides = computeStrides(x.shape);
    const to = computeStrides(shape);
    const axes = perm.map((axis, i) => ({ size: shape[i]!, from: strides[axis]!, to: to[i]! }));
    const merged = mergeAxes(axes);
    const matrix = merged.at(-1)?.from === 1 ? undefined : findMatrix(merged);
    if (matrix) return transposeMatrices(simd, x, shape, matrix);
    return canCopy(axes) ? gatherView(simd, x, shape, axes, 0) : fallback(Transpose)(call);
  },
};

interface Matrix {
  rows: Axis;
  columns: Axis;
  outer: Axis[];
}

// The rows of the matrix are along the last axis of the output, its columns along that of the input.
function findMatrix(axes: Axis[]): Matrix | undefined {
  const rows = axes.at(-1);
  const columns = axes.find(({ from }) => from === 1);
  if (!rows || !columns || axes.length > 4) return undefined;
  return { rows, columns, outer: axes.filter((axis) => axis !== rows && axis !== columns) };
}

function transposeMatrices(
  simd: SimdBackend,
  x: TensorInfo,
  shape: number[],
  { rows, columns, outer }: Matrix,
): TensorInfo {
  const none = { size: 1, from: 0, to: 0 };
  const [first, second] = outer.length === 2 ? outer : [outer[0] ?? none, none];
  const pointer = simd.pointer(x);
  const out = simd.output(shape, x.dtype as 'float32' | 'int32');
  const items = first!.size * second!.size * Math.ceil(rows.size / 16);
  const words = [rows.size, columns.size, rows.from, columns.to];
  words.push(second!.size, first!.from, second!.from, first!.to, second!.to);
  withTable(simd, words, (table) =>
    simd.parallel(
      'transposeMatrices',
      [pointer, simd.pointer(out), table],
      items,
      chooseGrain(simd, items, 16 * columns.size),
    ),
  );
  return out;
}
