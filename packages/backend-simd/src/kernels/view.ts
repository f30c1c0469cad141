import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { util } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend';
import { advance, type Pointer } from '../pointer';
import { chooseGrain } from './grain';
import { withTable } from './table';

/** An axis of a copy: its size, and its strides in the source and the target, in elements. */
export interface Axis {
  size: number;
  from: number;
  to: number;
}

const MOST_OUTER = 4;

/** Whether the elements of a dtype have four bytes in wasm memory. */
export const hasFourBytes = (dtype: DataType): dtype is 'float32' | 'int32' =>
  dtype === 'float32' || dtype === 'int32';

/** Computes the strides of a contiguous tensor. */
export function computeStrides(shape: number[]): number[] {
  return shape.map((_, i) => util.sizeFromShape(shape.slice(i + 1)));
}

/** Removes axes of size 1, and merges adjacent axes that are contiguous in the source and the target. */
export function mergeAxes(axes: Axis[]): Axis[] {
  const merged: Axis[] = [];
  for (const axis of axes) {
    if (axis.size === 1) continue;
    const last = merged.at(-1);
    if (last && last.from === axis.from * axis.size && last.to === axis.to * axis.size) {
      merged[merged.length - 1] = { ...axis, size: axis.size * last.size };
    } else {
      merged.push(axis);
    }
  }
  return merged;
}

/** Whether {@link copyView} can copy along these axes. */
export function canCopy(axes: Axis[]): boolean {
  const merged = mergeAxes(axes);
  return merged.length <= (isRow(merged.at(-1)) ? MOST_OUTER + 1 : MOST_OUTER);
}

/**
 * Copies elements between two strided views.
 *
 * @param from,to addresses of the first elements of the views
 * @param axes at most five after merging, or four if the last one is not contiguous; see {@link canCopy}
 */
export function copyView(simd: SimdBackend, from: Pointer, to: Pointer, axes: Axis[]): void {
  if (axes.some(({ size }) => size === 0)) return;
  const merged = mergeAxes(axes);
  const inner = isRow(merged.at(-1)) ? merged.pop()!.size : 1;
  const none = { size: 1, from: 0, to: 0 };
  const outer = [...new Array<Axis>(MOST_OUTER - merged.length).fill(none), ...merged];
  const items = outer.reduce((n, { size }) => n * size, 1);
  const words = [
    ...outer.slice(1).map(({ size }) => size),
    ...outer.map((axis) => axis.from),
    ...outer.map((axis) => axis.to),
  ];
  withTable(simd, words, (table) =>
    simd.parallel('copyRows', [from, to, inner, table], items, chooseGrain(simd, items, inner)),
  );
}

const isRow = (axis?: Axis): boolean => axis !== undefined && axis.from === 1 && axis.to === 1;

/** Copies the elements of x at `offset` with the strides `from` to a tensor of the given shape. */
export function gatherView(
  simd: SimdBackend,
  x: TensorInfo,
  shape: number[],
  axes: Axis[],
  offset: number,
): TensorInfo {
  const pointer = simd.pointer(x);
  const out = simd.output(shape, x.dtype as 'float32' | 'int32');
  copyView(simd, advance(pointer, 4 * offset), simd.pointer(out), axes);
  return out;
}
