import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { type Uniform, u32 } from '../program';

const THREADS = 64;
/** Elements that a workgroup adds up at least, and the number of workgroups to aim for. */
const LEAST_ELEMENTS = 4096;
const GROUPS = 512;

interface ColumnProgram {
  name: string;
  rows: number;
  n: number;
  inputs: Record<string, TensorInfo>;
  outputs: Record<string, TensorInfo>;
  uniforms?: Record<string, Uniform>;
  /** How many sums a column has, 1 or 2. */
  sums: 1 | 2;
  /** WGSL that sets `v0` (and `v1`) to what element `i` in column `c` adds; `setup` runs once for a column before. */
  setup?: string;
  term: string;
  /** WGSL that writes the outputs of column `c` from the sums `s0` (and `s1`). */
  finish: string;
}

/**
 * Sums over the rows of a matrix [rows, n] for every column: slices of rows in parallel, then the slices' sums. How the
 * rows are cut depends on the shape alone, so that the result does too.
 */
export function runColumns(backend: WebgpuBackend, program: ColumnProgram): void {
  const { name, rows, n, inputs, outputs, uniforms = {}, sums, setup = '', term, finish } = program;
  if (n === 0) return;
  const width = columnsOfGroup(n);
  const blocks = Math.ceil(n / width);
  const wanted = Math.min(Math.ceil((rows * width) / LEAST_ELEMENTS), Math.ceil(GROUPS / blocks));
  const per = Math.max(1, Math.ceil(rows / Math.max(1, wanted)));
  const slices = Math.max(1, Math.ceil(rows / per));
  const common = { threads: THREADS, declarations: () => shared(sums) };
  const isWhole = slices === 1;
  const part = isWhole ? undefined : backend.output([slices, sums, n]);
  const own = part ? { part } : outputs;
  backend.run({
    ...common,
    name: `${name} ${isWhole ? 'whole' : 'slices'} ${width}`,
    inputs,
    outputs: own,
    uniforms: { ...uniforms, rows: u32(rows), n: u32(n), per: u32(per) },
    groups: [blocks, slices, 1],
    body: () => `
  let c = min(group.x * ${width}u + lane % ${width}u, uniforms.n - 1u);
  let isIn = group.x * ${width}u + lane % ${width}u < uniforms.n;
  let end = min(uniforms.rows, (group.y + 1u) * uniforms.per);
  ${setup}
  var s0 = 0.0;
  ${sums === 2 ? 'var s1 = 0.0;' : ''}
  for (var r = group.y * uniforms.per + lane / ${width}u; r < end; r += ${THREADS / width}u) {
    let i = r * uniforms.n + c;
    ${term}
    s0 += v0;
    ${sums === 2 ? 's1 += v1;' : ''}
  }
  ${acrossLanes(sums, width)}
  if (lane < ${width}u && isIn) {
    ${
      isWhole
        ? finish
        : `part[group.y * ${sums}u * uniforms.n + c] = s0;
    ${sums === 2 ? 'part[(group.y * 2u + 1u) * uniforms.n + c] = s1;' : ''}`
    }
  }`,
  });
  if (!part) return;
  // What setup and finish read of the inputs is bound again; the rest would not be used by the code.
  const used = Object.fromEntries(
    Object.entries(inputs).filter(([input]) => new RegExp(`\\b${input}\\b`).test(`${setup}${finish}`)),
  );
  backend.run({
    ...common,
    name: `${name} end ${width}`,
    inputs: { ...used, part },
    outputs,
    uniforms: { ...uniforms, rows: u32(rows), n: u32(n), slices: u32(slices) },
    groups: [blocks, 1, 1],
    body: () => `
  let c = min(group.x * ${width}u + lane % ${width}u, uniforms.n - 1u);
  let isIn = group.x * ${width}u + lane % ${width}u < uniforms.n;
  ${setup}
  var s0 = 0.0;
  ${sums === 2 ? 'var s1 = 0.0;' : ''}
  for (var slice = lane / ${width}u; slice < uniforms.slices; slice += ${THREADS / width}u) {
    s0 += part[slice * ${sums}u * uniforms.n + c];
    ${sums === 2 ? 's1 += part[(slice * 2u + 1u) * uniforms.n + c];' : ''}
  }
  ${acrossLanes(sums, width)}
  if (lane < ${width}u && isIn) { ${finish} }`,
  });
  backend.disposeData(part.dataId);
}

function columnsOfGroup(n: number): number {
  let width = 1;
  while (width < n && width < 32) width *= 2;
  return width;
}

const shared = (sums: number): string =>
  Array.from({ length: sums }, (_, k) => `var<workgroup> sums${k}: array<f32, ${THREADS}>;`).join('\n');

// Adds up what the threads of one column have; the threads of the first row get the sum.
function acrossLanes(sums: number, width: number): string {
  if (width === THREADS) return '';
  const each = (line: (k: number) => string) => Array.from({ length: sums }, (_, k) => line(k)).join(' ');
  return `
  ${each((k) => `sums${k}[lane] = s${k};`)}
  workgroupBarrier();
  for (var half = ${THREADS / 2}u; half >= ${width}u; half /= 2u) {
    if (lane < half) { ${each((k) => `sums${k}[lane] += sums${k}[lane + half];`)} }
    workgroupBarrier();
  }
  ${each((k) => `s${k} = sums${k}[lane];`)}`;
}
