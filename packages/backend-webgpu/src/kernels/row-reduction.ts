import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { groupsFor, type Uniform, u32 } from '../program';

const THREADS = 64;

interface RowProgram {
  name: string;
  rows: number;
  n: number;
  inputs: Record<string, TensorInfo>;
  outputs: Record<string, TensorInfo>;
  uniforms?: Record<string, Uniform>;
  /**
   * WGSL for one row, run by several threads together. It sees `row`, `start` (the index of the row's first element),
   * `n`, `isFirst` and `isIn` (whether the thread writes one value for the row; whether it writes at all), loops over
   * the row's elements with `for (var i = first; i < n; i += STEP)`, and may call `rowSum` and `rowMax` of a value of
   * each thread, outside of conditions.
   */
  body: string;
}

/** Runs a program over the rows of a matrix; short rows get few threads, so that a workgroup has several rows. */
export function runRowReduction(
  backend: WebgpuBackend,
  { name, rows, n, uniforms, body, ...rest }: RowProgram,
): void {
  const lanes = lanesFor(n);
  const rowsOfGroup = THREADS / lanes;
  backend.run({
    ...rest,
    name: `${name} by ${lanes}`,
    uniforms: { ...uniforms, rows: u32(rows), n: u32(n) },
    threads: THREADS,
    groups: groupsFor(Math.ceil(rows / rowsOfGroup)),
    declarations: () => `const STEP = ${lanes}u;\n${reductions(lanes)}`,
    body: () => `
  let n = uniforms.n;
  let given = block * ${rowsOfGroup}u + lane / STEP;
  let isIn = given < uniforms.rows;
  // Threads beyond the last row compute it again and write nothing: all must reach the barriers.
  let row = min(given, uniforms.rows - 1u);
  let start = row * n;
  let first = lane % STEP;
  let isFirst = isIn && first == 0u;
  ${body}`,
  });
}

// About eight elements per thread.
function lanesFor(n: number): number {
  let lanes = 1;
  while (lanes < THREADS && lanes * 8 < n) lanes *= 2;
  return lanes;
}

function reductions(lanes: number): string {
  if (lanes === 1) {
    return `
fn rowSum(value: f32, lane: u32) -> f32 { return value; }
fn rowMax(value: f32, lane: u32) -> f32 { return value; }`;
  }
  const reduction = (name: string, combine: string) => `
fn ${name}(value: f32, lane: u32) -> f32 {
  shared_[lane] = value;
  workgroupBarrier();
  for (var half = STEP / 2u; half > 0u; half /= 2u) {
    if (lane % STEP < half) {
      let a = shared_[lane];
      let b = shared_[lane + half];
      shared_[lane] = ${combine};
    }
    workgroupBarrier();
  }
  let result = shared_[lane - lane % STEP];
  workgroupBarrier();
  return result;
}`;
  return `
var<workgroup> shared_: array<f32, ${THREADS}>;
${reduction('rowSum', 'a + b')}
${reduction('rowMax', 'max(a, b)')}`;
}
