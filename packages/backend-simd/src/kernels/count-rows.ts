import { type TensorInfo, util } from '@tensorflow/tfjs-core';

/** The number of rows along the last axis, and their length. */
export function countRows(x: TensorInfo): { rows: number; n: number } {
  const n = x.shape.at(-1) ?? 1;
  return { rows: n === 0 ? 0 : util.sizeFromShape(x.shape) / n, n };
}
