import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { type Uniform, u32 } from '../program';

const THREADS = 64;
/** The fewest elements that a workgroup sums, and the target number of workgroups. */
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
  /** WGSL that sets `v0` (and `v1`) to the terms of element `i` in column `c`; `setup` runs once per column before. */
  setup?: string;
  term: string;
  /** Functions that the code calls. */
  declarations?: string;
  /** WGSL that writes the outputs of column `c` from the sums `s0` (and `s1`). */
  finish: string;
}

interface ColumnApplication extends Omit<ColumnProgram, 'finish'> {
  /** WGSL that makes constants of column `c` from the sums `s0` (and `s1`); every thread runs it. */
  derive: string;
  /** WGSL that writes outputs of one value for each column. */
  keep: string;
  /** WGSL that writes outputs of element `i`. */
  apply: string;
}

/**
 * Sums over the rows of a matrix [rows, n] for every column: first within slices of rows in parallel, then over the slices. The
 * slices depend only on the shape, so that the result is reproducible.
 */
export function runColumnReduction(backend: WebgpuBackend, program: ColumnProgram): void {
  const { name, rows, n, inputs, outputs, uniforms = {}, sums, setup = '', term, finish } = program;
  if (n === 0) return;
  const { width, blocks, per, slices } = cut(rows, n);
  const declarations = () => `${shared(sums)}\n${program.declarations ?? ''}`;
  const common = { threads: THREADS, declarations };
  const isWhole = slices === 1;
  const part = isWhole ? undefined : backend.output([slices, sums, n]);
  const destinations = part ? { part } : outputs;
  backend.run({
    ...common,
    name: `${name} ${isWhole ? 'whole' : 'slices'} ${width}`,
    inputs: isWhole ? inputs : usedIn(`${setup}${term}`, inputs),
    outputs: destinations,
    uniforms: { ...uniforms, rows: u32(rows), n: u32(n), per: u32(per) },
    groups: [blocks, slices, 1],
    body: () => `
  ${column(width)}
  let end = min(uniforms.rows, (group.y + 1u) * uniforms.per);
  ${setup}
  ${addRows(sums, width, term, 'group.y * uniforms.per', 'end')}
  ${acrossLanes(sums, width)}
  if (lane < ${width}u && isIn) {
    ${
      isWhole
        ? finish
        : `store_part(group.y * ${sums}u * uniforms.n + c, s0);
    ${sums === 2 ? 'store_part((group.y * 2u + 1u) * uniforms.n + c, s1);' : ''}`
    }
  }`,
  });
  if (!part) return;
  backend.run({
    ...common,
    name: `${name} end ${width}`,
    inputs: { ...usedIn(`${setup}${finish}`, inputs), part },
    outputs,
    uniforms: { ...uniforms, rows: u32(rows), n: u32(n), slices: u32(slices) },
    groups: [blocks, 1, 1],
    body: () => `
  ${column(width)}
  ${setup}
  ${addSlices(sums, width)}
  ${acrossLanes(sums, width)}
  if (lane < ${width}u && isIn) { ${finish} }`,
  });
  backend.disposeData(part.dataId);
}

/**
 * Sums over the rows for every column, and then a formula of element and sums for every element: two dispatches, or one if
 * there are few rows. Every workgroup of the second dispatch sums the slices itself. If a device binds too few buffers, the
 * outputs of columns are a separate dispatch.
 */
export function runColumnReductionAndApply(backend: WebgpuBackend, program: ColumnApplication): void {
  const { name, rows, n, inputs, outputs, uniforms = {}, sums, setup = '', term } = program;
  if (n === 0) return;
  const { width, blocks, per, slices } = cut(rows, n);
  const declarations = () => `${shared(sums)}\n${program.declarations ?? ''}`;
  const common = { threads: THREADS, declarations };
  // With the slices' sums.
  const bound = Object.keys(inputs).length + Object.keys(outputs).length + 1;
  const isCrowded = bound > backend.device.limits.maxStorageBuffersPerShaderStage;
  const isWhole = slices === 1 && !isCrowded;
  const part = isWhole ? undefined : backend.output([slices, sums, n]);
  if (part) {
    backend.run({
      ...common,
      name: `${name} slices ${width}`,
      inputs: usedIn(`${setup}${term}`, inputs),
      outputs: { part },
      uniforms: { ...uniforms, rows: u32(rows), n: u32(n), per: u32(per) },
      groups: [blocks, slices, 1],
      body: () => `
  ${column(width)}
  let end = min(uniforms.rows, (group.y + 1u) * uniforms.per);
  ${setup}
  ${addRows(sums, width, term, 'group.y * uniforms.per', 'end')}
  ${acrossLanes(sums, width)}
  if (lane < ${width}u && isIn) {
    store_part(group.y * ${sums}u * uniforms.n + c, s0);
    ${sums === 2 ? 'store_part((group.y * 2u + 1u) * uniforms.n + c, s1);' : ''}
  }`,
    });
  }
  // A workgroup that first sums all slices should have several times as many rows.
  const block = isWhole ? Math.max(1, rows) : Math.max(256, 8 * slices);
  const keep = `if (group.y == 0u && lane < ${width}u && isIn) { ${program.keep} }`;
  const apply = `let begin = ${isWhole ? '0u' : 'group.y * uniforms.block'};
  let last = ${isWhole ? 'uniforms.rows' : 'min(uniforms.rows, begin + uniforms.block)'};
  for (var r = begin + lane / ${width}u; r < last; r += ${THREADS / width}u) {
    let i = r * uniforms.n + c;
    if (isIn) { ${program.apply} }
  }`;
  const finish = (what: string, code: string, groups: number) => {
    const read = usedIn(`${setup}${program.derive}${code}`, inputs);
    backend.run({
      ...common,
      name: `${name} ${what} ${width}`,
      inputs: part ? { ...read, part } : inputs,
      outputs: usedIn(code, outputs),
      uniforms: {
        ...uniforms,
        rows: u32(rows),
        n: u32(n),
        ...(part && { slices: u32(slices), block: u32(block) }),
      },
      groups: [blocks, groups, 1],
      body: () => `
  ${column(width)}
  ${setup}
  ${isWhole ? addRows(sums, width, term, '0u', 'uniforms.rows') : addSlices(sums, width)}
  ${acrossLanes(sums, width)}
  ${toAllLanes(sums, width)}
  ${program.derive}
  ${code}`,
    });
  };
  // Without rows there are still outputs of columns.
  const applied = Math.max(1, Math.ceil(rows / block));
  if (isCrowded) {
    finish('columns', keep, 1);
    finish('elements', apply, applied);
  } else finish(isWhole ? 'whole' : 'rest', `${keep}\n  ${apply}`, applied);
  if (part) backend.disposeData(part.dataId);
}

// The buffers that a dispatch accesses, since buffers that its code does not use must not be bound.
const usedIn = (code: string, buffers: Record<string, TensorInfo>): Record<string, TensorInfo> =>
  Object.fromEntries(
    Object.entries(buffers).filter(
      ([name]) => code.includes(`load_${name}(`) || code.includes(`store_${name}(`),
    ),
  );

// How the rows are cut into slices, and the columns into blocks.
function cut(rows: number, n: number) {
  const width = columnsOfGroup(n);
  const blocks = Math.ceil(n / width);
  const wanted = Math.min(Math.ceil((rows * width) / LEAST_ELEMENTS), Math.ceil(GROUPS / blocks));
  const per = Math.max(1, Math.ceil(rows / Math.max(1, wanted)));
  return { width, blocks, per, slices: Math.max(1, Math.ceil(rows / per)) };
}

const column = (width: number): string => `
  let c = min(group.x * ${width}u + lane % ${width}u, uniforms.n - 1u);
  let isIn = group.x * ${width}u + lane % ${width}u < uniforms.n;`;

const zeros = (sums: number): string => `var s0 = 0.0; ${sums === 2 ? 'var s1 = 0.0;' : ''}`;

const addRows = (sums: number, width: number, term: string, begin: string, end: string): string => `
  ${zeros(sums)}
  for (var r = ${begin} + lane / ${width}u; r < ${end}; r += ${THREADS / width}u) {
    let i = r * uniforms.n + c;
    ${term}
    s0 += v0;
    ${sums === 2 ? 's1 += v1;' : ''}
  }`;

const addSlices = (sums: number, width: number): string => `
  ${zeros(sums)}
  for (var slice = lane / ${width}u; slice < uniforms.slices; slice += ${THREADS / width}u) {
    s0 += load_part(slice * ${sums}u * uniforms.n + c);
    ${sums === 2 ? 's1 += load_part((slice * 2u + 1u) * uniforms.n + c);' : ''}
  }`;

const toAllLanes = (sums: number, width: number): string =>
  Array.from({ length: sums }, (_, k) => `s${k} = sums${k}[lane % ${width}u];`).join(' ');

function columnsOfGroup(n: number): number {
  let width = 1;
  while (width < n && width < 32) width *= 2;
  return width;
}

const shared = (sums: number): string =>
  Array.from({ length: sums }, (_, k) => `var<workgroup> sums${k}: array<f32, ${THREADS}>;`).join('\n');

// Sums the values of the threads of one column; the threads of the first row get the sum.
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
