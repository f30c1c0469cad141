import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend';
import type { Pointer } from '../pointer';
import { floats } from './floats';
import { grainOf } from './grain';

/** Elements of a unit, as in assembly/optimizer.ts. */
const BLOCK = 8192;

interface StepList {
  kernelName: string;
  /** What comes per parameter: all tensors of the first name, then all of the second, … */
  columns: readonly string[];
  outputs: number;
  /** Floats at the end of a parameter's entry. */
  tail: (parameter: number) => number[];
  /** Runs the kernel in wasm on the table. */
  run: (table: Pointer, units: number, grain: number) => void;
  /** Operations of an element. */
  work: number;
}

/**
 * One step of an optimizer for a list of parameters as one job of all threads.
 *
 * @returns all first outputs, then all second, …, of the parameters' shapes
 * @throws when the inputs do not come in whole columns of one shape per parameter
 */
export function stepList(
  simd: SimdBackend,
  inputs: TensorInfo[],
  { kernelName, columns, outputs, tail, run, work }: StepList,
): TensorInfo[] {
  const n = inputs.length / columns.length;
  if (!Number.isInteger(n)) {
    throw new Error(
      `${kernelName}: ${inputs.length} inputs; expected as many each of ${columns.join(', ')}, in this order`,
    );
  }
  const words = 2 + columns.length + outputs + tail(0).length;
  const bytes = 4 * words * n;
  const made: TensorInfo[] = new Array(outputs * n);
  const entries: number[][] = [];
  let units = 0;
  for (let i = 0; i < n; i++) {
    const { shape } = inputs[i]!;
    const size = util.sizeFromShape(shape);
    const given = Object.fromEntries(columns.map((column, c) => [`${column} ${i}`, inputs[c * n + i]!]));
    const pointers = Object.values(floats(simd, kernelName, given, shape));
    for (let o = 0; o < outputs; o++) {
      made[o * n + i] = simd.output(shape);
      pointers.push(simd.pointer(made[o * n + i]!));
    }
    entries.push([size, units, ...pointers]);
    units += Math.ceil(size / BLOCK);
  }
  const table = simd.temporary(bytes);
  const { buffer } = simd.runtime.memory;
  entries.forEach((entry, i) => {
    const at = table + 4 * words * i;
    new Int32Array(buffer, at, entry.length).set(entry);
    new Float32Array(buffer, at + 4 * entry.length, words - entry.length).set(tail(i));
  });
  run(table, units, grainOf(simd, units, BLOCK * work));
  simd.release(table, bytes);
  return made;
}
