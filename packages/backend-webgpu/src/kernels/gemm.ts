import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { type Uniform, u32 } from '../program';
import { repeat } from '../repeat';
import { chooseTile, fixedTile, SIDE, type Tile, tilesOf } from '../tiles';
import { runColumns } from './columns';

const THREADS = SIDE * SIDE;
/** Parts of a split sum are multiples of it, and so of every tile's depth. */
const SLAB = 16;
/** Workgroups to aim for when the sum is split: three for each core of the largest GPUs would leave none idle. */
const GROUPS = 256;
/** Of the summed dimension that a split has at least: its part of the result is written and read once more. */
const LEAST_DEPTH = 512;

export interface Operand {
  /**
   * Along which index four neighbours are read together: 'outer' is the index of the result's row for A and column for B,
   * 'depth' that of the sum.
   */
  along: 'outer' | 'depth';
  /**
   * WGSL of `fn readA(outer: u32, depth: u32) -> vec4<f32>` (`readB`): the value and its three successors along that
   * index, 0 beyond the matrix.
   */
  reader: string;
}

export interface Gemm {
  name: string;
  rows: number;
  columns: number;
  depth: number;
  inputs: Record<string, TensorInfo>;
  types?: Record<string, string>;
  uniforms?: Record<string, Uniform>;
  a: Operand;
  b: Operand;
  shape: number[];
  /** Added to every row: one value for each column. */
  bias?: TensorInfo;
  /** By which it is computed, as one sum; what the device does best when left out. */
  tile?: Tile;
}

/** Whether a result of this size can be computed: WebGPU limits the number of workgroups along a dimension. */
export const gemmFits = ({ rows, columns }: Pick<Gemm, 'rows' | 'columns'>): boolean =>
  Math.ceil(rows / 32) < 65536 && Math.ceil(columns / 32) < 65536;

/**
 * A matrix product [rows, depth]·[depth, columns] of operands that are read through functions: implicit GEMM. Each thread
 * has a tile of the result in registers; where the result is small against the sum, the sum is split among workgroups
 * and the parts are added up in a fixed order, so that the result is the same every time, and with every tile.
 */
export function runGemm(backend: WebgpuBackend, gemm: Gemm): TensorInfo {
  const { name, rows, columns, depth, inputs, uniforms, types, a, b, shape, bias } = gemm;
  const per = gemm.tile ? depth : partOf(gemm);
  const splits = Math.max(1, Math.ceil(depth / per));
  const tile = gemm.tile ?? chooseTile(backend.device, { rows, columns, depth: per, splits });
  const { high, wide } = tile;
  const [tilesDown, tilesAcross] = tilesOf(tile, gemm);
  const out = backend.output(shape);
  const parts = splits > 1 ? backend.output([splits, rows, columns]) : out;
  const vectors = columns % 4 === 0;
  const addsBias = bias !== undefined && splits === 1;
  const element = vectors ? 'vec4<f32>' : 'f32';
  backend.run({
    name: `${name} ${high}x${wide}x${tile.depth}${vectors ? '' : ' scalar'}${addsBias ? ' bias' : ''}${backend.unrolls ? '' : ' loops'}`,
    inputs: addsBias ? { ...inputs, bias } : inputs,
    outputs: { parts },
    types: { ...types, parts: element, bias: element },
    uniforms: {
      ...uniforms,
      rows: u32(rows),
      columns: u32(columns),
      depth: u32(depth),
      per: u32(per),
    },
    threads: THREADS,
    groups: [tilesDown, tilesAcross, splits],
    declarations: () => `
var<workgroup> tileA: array<vec4<f32>, ${(tile.depth * high * SIDE) / 4}>;
var<workgroup> tileB: array<vec4<f32>, ${(tile.depth * wide * SIDE) / 4}>;
${a.reader}
${b.reader}`,
    body: () => `
  let topRow = group.x * ${high * SIDE}u;
  let leftColumn = group.y * ${wide * SIDE}u;
  let begin = group.z * uniforms.per;
  let end = min(begin + uniforms.per, uniforms.depth);
  let down = lane / ${SIDE}u;
  let across = lane % ${SIDE}u;
  ${accumulators(high, wide)}
  for (var k = begin; k < end; k += ${tile.depth}u) {
    ${fill('A', a, high, tile.depth, 'topRow', backend.unrolls)}
    ${fill('B', b, wide, tile.depth, 'leftColumn', backend.unrolls)}
    workgroupBarrier();
    for (var j = 0u; j < ${tile.depth}u; j++) {
      ${multiply(high, wide)}
    }
    workgroupBarrier();
  }
  ${store(high, wide, vectors, addsBias)}`,
  });
  if (splits > 1) {
    runColumns(backend, {
      name: `gemm parts${bias ? ' bias' : ''}`,
      rows: splits,
      n: util.sizeFromShape(shape),
      inputs: bias ? { parts, bias } : { parts },
      outputs: { out },
      uniforms: bias && { columns: u32(columns) },
      sums: 1,
      term: 'let v0 = parts[i];',
      finish: `out[c] = s0${bias ? ' + bias[c % uniforms.columns]' : ''};`,
    });
    backend.disposeData(parts.dataId);
  }
  return out;
}

/** The part of the sum that a workgroup adds up; it depends on the shape alone, and with it the order of all additions. */
function partOf(gemm: Pick<Gemm, 'rows' | 'columns' | 'depth'>): number {
  const [down, across] = tilesOf(fixedTile(gemm), gemm);
  const wanted = Math.min(Math.floor(gemm.depth / LEAST_DEPTH), Math.floor(GROUPS / (down * across)));
  return Math.ceil(gemm.depth / Math.max(1, wanted) / SLAB) * SLAB;
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

const accumulators = (high: number, wide: number): string =>
  range(high)
    .flatMap((r) => range(wide / 4).map((c) => `var s${r}_${c} = vec4<f32>();`))
    .join(' ');

// Every thread brings its share of a tile [depth, per * SIDE] into workgroup memory, four values at a time.
function fill(
  letter: 'A' | 'B',
  { along }: Operand,
  per: number,
  depth: number,
  corner: string,
  unrolled: boolean,
): string {
  const vectors = (per * SIDE) / 4;
  if (along === 'outer') {
    return repeat(unrolled, (depth * vectors) / THREADS, (part) => {
      const at = `(${part} * ${THREADS}u + lane)`;
      return `tile${letter}[${at}] = read${letter}(${corner} + 4u * (${at} % ${vectors}u), k + ${at} / ${vectors}u);`;
    });
  }
  // Blocks of four by four, read along the depth and turned.
  const blocks = (depth / 4) * vectors;
  return `if (lane < ${blocks}u) {
      let outer = lane / ${depth / 4}u;
      let depth = 4u * (lane % ${depth / 4}u);
      var v: array<vec4<f32>, 4>;
      ${repeat(unrolled, 4, (i) => `v[${i}] = read${letter}(${corner} + 4u * outer + ${i}, k + depth);`)}
      ${repeat(unrolled, 4, (i) => `tile${letter}[(depth + ${i}) * ${vectors}u + outer] = vec4(v[0][${i}], v[1][${i}], v[2][${i}], v[3][${i}]);`)}
    }`;
}

function multiply(high: number, wide: number): string {
  const [downVectors, acrossVectors] = [high / 4, wide / 4];
  const lines = [
    ...range(downVectors).map(
      (v) => `let a${v} = tileA[j * ${downVectors * SIDE}u + down * ${downVectors}u + ${v}u];`,
    ),
    ...range(acrossVectors).map(
      (v) => `let b${v} = tileB[j * ${acrossVectors * SIDE}u + across * ${acrossVectors}u + ${v}u];`,
    ),
  ];
  for (const r of range(high)) {
    for (const c of range(acrossVectors)) lines.push(`s${r}_${c} += a${r >> 2}[${r & 3}] * b${c};`);
  }
  return lines.join('\n      ');
}

function store(high: number, wide: number, vectors: boolean, bias: boolean): string {
  const lines: string[] = [];
  for (const r of range(high)) {
    for (const c of range(wide / 4)) {
      const row = `(topRow + down * ${high}u + ${r}u)`;
      const column = `(leftColumn + across * ${wide}u + ${4 * c}u)`;
      const start = `((group.z * uniforms.rows + ${row}) * uniforms.columns + ${column})`;
      if (vectors) {
        lines.push(
          `if (${row} < uniforms.rows && ${column} < uniforms.columns) { parts[${start} / 4u] = s${r}_${c}${bias ? ` + bias[${column} / 4u]` : ''}; }`,
        );
      } else {
        for (const k of range(4)) {
          lines.push(
            `if (${row} < uniforms.rows && ${column} + ${k}u < uniforms.columns) { parts[${start} + ${k}u] = s${r}_${c}[${k}]${bias ? ` + bias[${column} + ${k}u]` : ''}; }`,
          );
        }
      }
    }
  }
  return lines.join('\n  ');
}
