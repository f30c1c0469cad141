import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { groupsFor, type Uniform, u32 } from '../program';
import { repeat } from '../repeat';
import { storeActivation } from '../store-activation';
import { chooseTile, countTiles, fixedTile, THREADS, type Tile, tileSize } from '../tiles';
import { runColumnReduction } from './column-reduction';

/** Parts of a split sum are multiples of it, and so of every tile's depth. */
const SLAB = 16;
/** Target number of workgroups when the sum is split: three per core of the largest GPUs leave none idle. */
const GROUPS = 256;
/** The smallest part of the summed dimension per split, since its partial result is written and read once more. */
const LEAST_DEPTH = 512;
/** How many parts of a sum one thread adds; more are shared among threads. */
const FEW_PARTS = 16;

/** The epilogue of a product. */
export interface Epilogue {
  /** Names the code. */
  name: string;
  /** Buffers of what `result` reads: as the result's, of vectors where that is. */
  inputs?: Record<string, TensorInfo>;
  uniforms?: Record<string, Uniform>;
  /** Functions of T, which is f32 or vec4<f32>. */
  declarations?: string;
  /** WGSL of the result from `value`, the product at element `at` of the result in column `column`, counted in T. */
  result: string;
}

export interface Operand {
  /**
   * The axis along which four neighbors are read together: 'mn' is that of the result's rows for A and columns for B, 'k' that of
   * the sum.
   */
  contiguous: 'mn' | 'k';
  /**
   * WGSL of `fn readA(outer: u32, depth: u32) -> vec4<f32>` (`readB`): the value and its three successors along that
   * index, 0 beyond the matrix. It may read `matrix`, the number of the product in a batch of them.
   */
  reader: string;
  /**
   * Whether there is a `fn outerA(outer: u32) -> vec4<i32>`: what can be computed of the outer index alone, once and not
   * for every depth. `readA` gets it as one more argument.
   */
  ofOuter?: boolean;
  /** The same of the depth, `fn depthA(depth: u32) -> vec4<i32>`, once for the outer indices that are read at it; comes last. */
  ofDepth?: boolean;
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
  /** How many products of this size there are, one after the other in the result; 1 by default. */
  batches?: number;
  epilogue?: Epilogue;
  /** Whether float16 is enough for the result in the forward pass, see {@link storeActivation}; false by default. */
  isActivation?: boolean;
  /** The tile that computes it, without splitting the sum; by default the best one for the device. */
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
  const { epilogue, shape, isActivation } = gemm;
  const out = backend.output(shape);
  if (!isActivation) {
    runInto(backend, gemm, out);
    return out;
  }
  storeActivation(backend, { ...gemm.inputs, ...epilogue?.inputs }, out, (all) => {
    const pick = (names: object) => Object.fromEntries(Object.keys(names).map((name) => [name, all[name]!]));
    const finished = epilogue && { ...epilogue, inputs: pick(epilogue.inputs ?? {}) };
    runInto(backend, { ...gemm, inputs: pick(gemm.inputs), epilogue: finished }, out);
  });
  return out;
}

function runInto(backend: WebgpuBackend, gemm: Gemm, out: TensorInfo): void {
  const { name, rows, columns, depth, inputs, uniforms, types, a, b, batches = 1, epilogue } = gemm;
  const per = gemm.tile ? depth : choosePart(gemm);
  const splits = Math.max(1, Math.ceil(depth / per));
  const { unrolls } = backend;
  const tile =
    gemm.tile ??
    chooseTile(
      backend.device,
      { rows, columns, depth: per, splits: splits * batches, contiguous: b.contiguous },
      { isSoftware: !unrolls },
    );
  const { threadsN } = tile;
  const size = tileSize(tile);
  const [tilesDown, tilesAcross] = countTiles(tile, gemm);
  const parts = splits > 1 ? backend.output([splits, batches, rows, columns]) : out;
  const vectors = columns % 4 === 0;
  const lastEpilogue = splits === 1 ? epilogue : undefined;
  backend.run({
    name: `${name} ${threadsN} ${tile.tileM}x${tile.tileN}x${tile.depth}${vectors ? '' : ' scalar'}${lastEpilogue ? ` ${lastEpilogue.name}` : ''}${unrolls ? '' : ' loops'}`,
    inputs: { ...inputs, ...lastEpilogue?.inputs },
    outputs: { parts },
    types: { ...types, T: vectors ? 'vec4<f32>' : 'f32' },
    uniforms: {
      ...uniforms,
      ...lastEpilogue?.uniforms,
      rows: u32(rows),
      columns: u32(columns),
      depth: u32(depth),
      per: u32(per),
      batches: u32(batches),
      ...(unrolls ? {} : { one: u32(1) }),
    },
    threads: THREADS,
    groups: [tilesDown, tilesAcross, splits * batches],
    declarations: () => `
var<workgroup> tileA: array<vec4<f32>, ${(tile.depth * size.rows) / 4}>;
var<workgroup> tileB: array<vec4<f32>, ${(tile.depth * size.columns) / 4}>;
var<private> matrix: u32;
${lastEpilogue?.declarations ?? ''}
fn finish(value: T, at: u32, column: u32) -> T { return ${lastEpilogue?.result ?? 'value'}; }
${a.reader}
${b.reader}`,
    body: () => `
  let topRow = group.x * ${size.rows}u;
  let leftColumn = group.y * ${size.columns}u;
  let begin = group.z / uniforms.batches * uniforms.per;
  let end = min(begin + uniforms.per, uniforms.depth);
  matrix = group.z % uniforms.batches;
  let down = lane / ${threadsN}u;
  let across = lane % ${threadsN}u;
  ${accumulators(tile.tileM, tile.tileN)}
  ${hoist('A', a, size.rows, tile.depth, 'topRow', unrolls)}
  ${hoist('B', b, size.columns, tile.depth, 'leftColumn', unrolls)}
  for (var k = begin; k < end; k += ${tile.depth}u) {
    ${fill('A', a, size.rows, tile.depth, unrolls)}
    ${fill('B', b, size.columns, tile.depth, unrolls)}
    workgroupBarrier();
    for (var pair = 0u; pair < ${tile.depth}u; pair += 2u) {
      ${repeat(unrolls, 2, (i) => `let j = pair + ${i};\n      ${multiply(tile)}`)}
    }
    workgroupBarrier();
  }
  ${store(tile, vectors, unrolls)}`,
  });
  if (splits > 1) {
    addParts(backend, { parts, splits, columns, out, epilogue });
    backend.disposeData(parts.dataId);
  }
}

interface Parts {
  /** [splits, …out.shape] */
  parts: TensorInfo;
  splits: number;
  columns: number;
  out: TensorInfo;
  epilogue?: Epilogue;
}

/** Adds the parts of split sums, in an order that depends only on their number. */
function addParts(backend: WebgpuBackend, { parts, splits, columns, out, epilogue }: Parts): void {
  const n = util.sizeFromShape(out.shape);
  const name = `gemm parts${epilogue ? ` ${epilogue.name}` : ''}`;
  const inputs = { parts, ...epilogue?.inputs };
  const finish = `store_out(at, ${epilogue?.result ?? 'value'});`;
  if (splits > FEW_PARTS) {
    runColumnReduction(backend, {
      name,
      rows: splits,
      n,
      inputs,
      outputs: { out },
      uniforms: { ...epilogue?.uniforms, columns: u32(columns) },
      sums: 1,
      declarations: epilogue?.declarations,
      term: 'let v0 = load_parts(i);',
      finish: `let value = s0; let at = c; let column = c % uniforms.columns; ${finish}`,
    });
    return;
  }
  const width = columns % 4 === 0 ? 4 : 1;
  const count = n / width;
  backend.run({
    name: `few ${name}${width === 4 ? '' : ' scalar'}`,
    inputs,
    outputs: { out },
    types: { T: width === 4 ? 'vec4<f32>' : 'f32' },
    uniforms: {
      ...epilogue?.uniforms,
      columns: u32(columns / width),
      count: u32(count),
      splits: u32(splits),
    },
    threads: THREADS,
    groups: groupsFor(Math.ceil(count / THREADS)),
    declarations: () => epilogue?.declarations ?? '',
    body: () => `
  let at = block * ${THREADS}u + lane;
  if (at >= uniforms.count) { return; }
  var value = T(0.0);
  for (var k = 0u; k < uniforms.splits; k++) { value += load_parts(k * uniforms.count + at); }
  let column = at % uniforms.columns;
  ${finish}`,
  });
}

/** The part of the sum for one workgroup. It depends only on the shape, and so does the order of all additions. */
function choosePart(gemm: Gemm): number {
  const [down, across] = countTiles(fixedTile({ ...gemm, contiguous: gemm.b.contiguous }), gemm);
  const workgroups = down * across * (gemm.batches ?? 1);
  const wanted = Math.min(Math.floor(gemm.depth / LEAST_DEPTH), Math.floor(GROUPS / workgroups));
  return Math.ceil(gemm.depth / Math.max(1, wanted) / SLAB) * SLAB;
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

const accumulators = (tileM: number, tileN: number): string =>
  range(tileM)
    .flatMap((r) => range(tileN / 4).map((c) => `var s${r}_${c} = vec4<f32>();`))
    .join(' ');

// Every thread brings its share of a tile [depth, outers] into workgroup memory, four values at a time: along the outer
// index always the same four of it, along the depth blocks of four by four, which are turned. What it reads of the outer
// index is known before the loop.
function hoist(
  letter: 'A' | 'B',
  { contiguous, ofOuter }: Operand,
  outers: number,
  depth: number,
  corner: string,
  unrolled: boolean,
): string {
  const vectors = outers / 4;
  const [count, first, step] =
    contiguous === 'mn' ? [1, `4u * (lane % ${vectors}u)`, ''] : [4, `4u * (lane / ${depth / 4}u)`, ' + '];
  const known = (i: string) => (ofOuter ? ` of${letter}[${i}] = outer${letter}(at${letter}[${i}]);` : '');
  return `var at${letter}: array<u32, ${count}>;${ofOuter ? ` var of${letter}: array<vec4<i32>, ${count}>;` : ''}
  ${repeat(unrolled, count, (i) => `at${letter}[${i}] = ${corner} + ${first}${step && `${step}${i}`};${known(i)}`)}`;
}

function fill(
  letter: 'A' | 'B',
  { contiguous, ofOuter, ofDepth }: Operand,
  outers: number,
  depth: number,
  unrolled: boolean,
): string {
  const vectors = outers / 4;
  const read = (i: string, at: string, ofIt: string): string => {
    const known = [...(ofOuter ? [`of${letter}[${i}]`] : []), ...(ofDepth ? [ofIt] : [])];
    return `read${letter}(${[`at${letter}[${i}]`, at, ...known].join(', ')})`;
  };
  if (contiguous === 'mn') {
    return repeat(unrolled, (depth * vectors) / THREADS, (part) => {
      const at = `k + ${part} * ${THREADS / vectors}u + lane / ${vectors}u`;
      return `tile${letter}[${part} * ${THREADS}u + lane] = ${read('0u', at, `depth${letter}(${at})`)};`;
    });
  }
  const blocks = (depth / 4) * vectors;
  return `if (lane < ${blocks}u) {
      let outer = lane / ${depth / 4}u;
      let depth = 4u * (lane % ${depth / 4}u);
      ${ofDepth ? `let ofDepth = depth${letter}(k + depth);` : ''}
      var v: array<vec4<f32>, 4>;
      ${repeat(unrolled, 4, (i) => `v[${i}] = ${read(i, 'k + depth', 'ofDepth')};`)}
      ${repeat(unrolled, 4, (i) => `tile${letter}[(depth + ${i}) * ${vectors}u + outer] = vec4(v[0][${i}], v[1][${i}], v[2][${i}], v[3][${i}]);`)}
    }`;
}

function multiply(tile: Tile): string {
  const { tileM, tileN } = tile;
  const { rows, columns } = tileSize(tile);
  const lines = [
    ...range(tileM / 4).map((v) => `let a${v} = tileA[j * ${rows / 4}u + down * ${tileM / 4}u + ${v}u];`),
    ...range(tileN / 4).map(
      (v) => `let b${v} = tileB[j * ${columns / 4}u + across * ${tileN / 4}u + ${v}u];`,
    ),
  ];
  for (const r of range(tileM)) {
    for (const c of range(tileN / 4)) lines.push(`s${r}_${c} += a${r >> 2}[${r & 3}] * b${c};`);
  }
  return lines.join('\n      ');
}

// With loops, the sums are copied to an array, which a loop can index; until then they are variables, which are in registers. A
// compiler unrolls a loop whose length it knows, so the length comes from a uniform.
function store({ tileM, tileN }: Tile, vectors: boolean, unrolled: boolean): string {
  const inVector = vectors ? 1 : 4;
  const storeAt = (r: string, c: string, k: string, sum: string): string => {
    const row = `(topRow + down * ${tileM}u + ${r})`;
    const column = `(leftColumn + across * ${tileN}u + 4u * ${c} + ${k})`;
    const start = `((group.z * uniforms.rows + ${row}) * uniforms.columns + ${column})`;
    const [value, per] = vectors ? [sum, ' / 4u'] : [`${sum}[${k}]`, ''];
    return `if (${row} < uniforms.rows && ${column} < uniforms.columns) { store_parts(${start}${per}, finish(${value}, ${start}${per}, ${column}${per})); }`;
  };
  const sums = range(tileM).flatMap((r) => range(tileN / 4).map((c) => ({ r, c, name: `s${r}_${c}` })));
  if (unrolled) {
    return sums
      .flatMap(({ r, c, name }) => range(inVector).map((k) => storeAt(`${r}u`, `${c}u`, `${k}u`, name)))
      .join('\n  ');
  }
  const loop = (name: string, count: number, body: string) =>
    `for (var ${name} = 0u; ${name} < ${count}u * uniforms.one; ${name}++) { ${body} }`;
  const stored = storeAt('r', 'c', 'k', `s[r * ${tileN / 4}u + c]`);
  return `var s = array(${sums.map(({ name }) => name).join(', ')});
  ${loop('r', tileM, loop('c', tileN / 4, loop('k', inVector, stored)))}`;
}
