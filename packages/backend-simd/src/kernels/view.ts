import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { util } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend';
import { advance, type Pointer } from '../pointer';
import { grainOf } from './grain';
import { withTable } from './table';

/** One axis of a copy: its size and the strides, in elements, in the source and in the target. */
export interface Axis {
  size: number;
  from: number;
  to: number;
}

const MOST_OUTER = 4;

/** Whether wasm holds elements of that type in four bytes. */
export const hasFourBytes = (dtype: DataType): dtype is 'float32' | 'int32' =>
  dtype === 'float32' || dtype === 'int32';

/** Strides of a contiguous tensor, one for each axis. */
export function stridesOf(shape: number[]): number[] {
  return shape.map((_, i) => util.sizeFromShape(shape.slice(i + 1)));
}

/** Leaves out axes of size 1 and joins neighbors that are contiguous in the source and in the target. */
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
 * @param from,to Addresses of the views' first elements.
 * @param axes At most five after merging, four when the last one is not contiguous; see {@link canCopy}.
 */
export function copyView(simd: SimdBackend, from: Pointer, to: Pointer, axes: Axis[]): void {
  if (axes.some(({ size }) => size === 0)) return;
  const merged = mergeAxes(axes);
  const inner = isRow(merged.at(-1)) ? merged.pop()!.size : 1;
  const none = { size: 1, from: 0, to: 0 };
  const outer = [...new Array<Axis>(MOST_OUTER - merged.length).fill(none), ...merged];
  const units = outer.reduce((n, { size }) => n * size, 1);
  const words = [
    ...outer.slice(1).map(({ size }) => size),
    ...outer.map((axis) => axis.from),
    ...outer.map((axis) => axis.to),
  ];
  withTable(simd, words, (table) =>
    simd.parallel('copyRows', [from, to, inner, table], units, grainOf(simd, units, inner)),
  );
}

const isRow = (axis?: Axis): boolean => axis !== undefined && axis.from === 1 && axis.to === 1;

/** A tensor with the elements of x at `offset` and the strides `from` along `shape`. */
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
