import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { f32, type Program, u32 } from '../program';
import { assertFloats } from './floats';

interface AttentionAttrs {
  heads: number;
  scale: number;
}

interface Sizes {
  batch: number;
  queries: number;
  keys: number;
  heads: number;
  size: number;
}

/** Rows (queries or keys) of a workgroup, one for each thread. */
const THREADS = 64;
/** Vectors of four floats in workgroup memory: 16 KiB, which every device has. */
const SHARED_VECTORS = 1000;

/** Sizes of a head up to here are held in registers. */
const LONGEST_UNROLLED = 16;

/** inputs { query, key, value }, [batch, tokens, heads·size]: outputs [softmax(scale·Q·Kᵀ)·V, logsumexp [batch, heads, tokens]]. */
const attention: KernelConfig = {
  kernelName: 'Attention',
  backendName: 'webgpu',
  kernelFunc: ({ inputs, backend, attrs }) => {
    const webgpu = backend as WebgpuBackend;
    const { query, key, value } = inputs as Record<string, TensorInfo>;
    const { heads, scale } = attrs as unknown as AttentionAttrs;
    const sizes = sizesOf('Attention', query!, key!, heads);
    assertFloats('Attention', { query: query! });
    assertFloats('Attention', { key: key!, value: value! }, key!.shape);
    const mixed = webgpu.output(query!.shape);
    const logsumexp = webgpu.output([sizes.batch, heads, sizes.queries]);
    webgpu.run({
      name: `attention ${sizes.size}`,
      inputs: { query: query!, key: key!, value: value! },
      outputs: { mixed, logsumexp },
      ...common(sizes, scale, sizes.queries),
      declarations: () =>
        declarations(sizes.size, ['query', 'key', 'value'], ['keyTile', 'valueTile'], ['mixed']),
      body: () => `
  ${place('queries', sizes.size)}
  var query_: Vector;
  for (var d = 0u; d < D; d++) { query_[d] = readQuery(rowStart, d); }
  var sum: Vector;
  var top = -3.4028234e38;
  var total = 0.0;
  for (var tile = 0u; tile < uniforms.keys; tile += TILE) {
    let count = min(TILE, uniforms.keys - tile);
    workgroupBarrier();
    for (var i = lane; i < count * D; i += ${THREADS}u) {
      let at = startOf(b, tile + i / D, uniforms.keys, head);
      keyTile[i] = readKey(at, i % D);
      valueTile[i] = readValue(at, i % D);
    }
    workgroupBarrier();
    for (var j = 0u; j < count; j++) {
      var score = 0.0;
      for (var d = 0u; d < D; d++) { score += dot(query_[d], keyTile[j * D + d]); }
      score *= uniforms.scale;
      let higher = max(top, score);
      let shrink = exp(top - higher);
      let weight = exp(score - higher);
      top = higher;
      total = total * shrink + weight;
      for (var d = 0u; d < D; d++) { sum[d] = sum[d] * shrink + weight * valueTile[j * D + d]; }
    }
  }
  if (isIn) {
    ${write('mixed', 'rowStart', 'sum[d] / total')}
    logsumexp[(b * uniforms.heads + head) * uniforms.queries + row] = top + log(total);
  }`,
    });
    return [mixed, logsumexp];
  },
};

/** inputs { dy, query, key, value, logsumexp }: outputs [gradients of query, key and value]. */
const attentionGrad: KernelConfig = {
  kernelName: 'AttentionGrad',
  backendName: 'webgpu',
  kernelFunc: ({ inputs, backend, attrs }) => {
    const webgpu = backend as WebgpuBackend;
    const { dy, query, key, value, logsumexp } = inputs as Record<string, TensorInfo>;
    const { heads, scale } = attrs as unknown as AttentionAttrs;
    const sizes = sizesOf('AttentionGrad', query!, key!, heads);
    assertFloats('AttentionGrad', { dy: dy!, query: query! }, query!.shape);
    assertFloats('AttentionGrad', { key: key!, value: value! }, key!.shape);
    const moments = [sizes.batch, heads, sizes.queries];
    assertFloats('AttentionGrad', { logsumexp: logsumexp! }, moments);
    const [dquery, dkey, dvalue] = [query!, key!, value!].map(({ shape }) => webgpu.output(shape));
    const given = { dy: dy!, query: query!, key: key!, value: value!, logsumexp: logsumexp! };
    // Σⱼ Pᵢⱼ·dPᵢⱼ of each query: what the gradient of a softmax takes off.
    const offset = webgpu.output(moments);
    const reads = ['dy', 'query', 'key', 'value'];
    // dS = P∘(dP − offset) needs the offset before the sum over dS·K, so the two parts of that sum are kept apart.
    webgpu.run({
      name: `attention grad query ${sizes.size}`,
      inputs: given,
      outputs: { dquery: dquery!, offset },
      ...common(sizes, scale, sizes.queries),
      declarations: () => declarations(sizes.size, reads, ['keyTile', 'valueTile'], ['dquery']),
      body: () => `
  ${place('queries', sizes.size)}
  var query_: Vector;
  for (var d = 0u; d < D; d++) { query_[d] = readQuery(rowStart, d); }
  var dy_: Vector;
  for (var d = 0u; d < D; d++) { dy_[d] = readDy(rowStart, d); }
  let moment = (b * uniforms.heads + head) * uniforms.queries + min(row, uniforms.queries - 1u);
  let logTotal = logsumexp[moment];
  var weighted: Vector;
  var plain: Vector;
  var total = 0.0;
  for (var tile = 0u; tile < uniforms.keys; tile += TILE) {
    let count = min(TILE, uniforms.keys - tile);
    workgroupBarrier();
    for (var i = lane; i < count * D; i += ${THREADS}u) {
      let at = startOf(b, tile + i / D, uniforms.keys, head);
      keyTile[i] = readKey(at, i % D);
      valueTile[i] = readValue(at, i % D);
    }
    workgroupBarrier();
    for (var j = 0u; j < count; j++) {
      var score = 0.0;
      var slope = 0.0;
      for (var d = 0u; d < D; d++) {
        score += dot(query_[d], keyTile[j * D + d]);
        slope += dot(dy_[d], valueTile[j * D + d]);
      }
      let p = exp(score * uniforms.scale - logTotal);
      total += p * slope;
      for (var d = 0u; d < D; d++) {
        plain[d] += p * keyTile[j * D + d];
        weighted[d] += p * slope * keyTile[j * D + d];
      }
    }
  }
  if (isIn) {
    ${write('dquery', 'rowStart', '(weighted[d] - total * plain[d]) * uniforms.scale')}
    offset[moment] = total;
  }`,
    });
    webgpu.run({
      name: `attention grad key ${sizes.size}`,
      inputs: { ...given, offset },
      outputs: { dkey: dkey!, dvalue: dvalue! },
      ...common(sizes, scale, sizes.keys),
      declarations: () =>
        `${declarations(sizes.size, reads, ['queryTile', 'dyTile'], ['dkey', 'dvalue'])}
var<workgroup> momentTile: array<vec2<f32>, TILE>;`,
      body: () => `
  ${place('keys', sizes.size)}
  var key_: Vector;
  for (var d = 0u; d < D; d++) { key_[d] = readKey(rowStart, d); }
  var value_: Vector;
  for (var d = 0u; d < D; d++) { value_[d] = readValue(rowStart, d); }
  var keySum: Vector;
  var valueSum: Vector;
  for (var tile = 0u; tile < uniforms.queries; tile += TILE) {
    let count = min(TILE, uniforms.queries - tile);
    workgroupBarrier();
    for (var i = lane; i < count * D; i += ${THREADS}u) {
      let at = startOf(b, tile + i / D, uniforms.queries, head);
      queryTile[i] = readQuery(at, i % D);
      dyTile[i] = readDy(at, i % D);
    }
    if (lane < count) {
      let moment = (b * uniforms.heads + head) * uniforms.queries + tile + lane;
      momentTile[lane] = vec2(logsumexp[moment], offset[moment]);
    }
    workgroupBarrier();
    for (var j = 0u; j < count; j++) {
      var score = 0.0;
      var slope = 0.0;
      for (var d = 0u; d < D; d++) {
        score += dot(key_[d], queryTile[j * D + d]);
        slope += dot(value_[d], dyTile[j * D + d]);
      }
      let p = exp(score * uniforms.scale - momentTile[j].x);
      let s = p * (slope - momentTile[j].y);
      for (var d = 0u; d < D; d++) {
        keySum[d] += s * queryTile[j * D + d];
        valueSum[d] += p * dyTile[j * D + d];
      }
    }
  }
  if (isIn) {
    ${write('dkey', 'rowStart', 'keySum[d] * uniforms.scale')}
    ${write('dvalue', 'rowStart', 'valueSum[d]')}
  }`,
    });
    webgpu.disposeData(offset.dataId);
    return [dquery!, dkey!, dvalue!];
  },
};

// One workgroup for every 64 rows of a head.
function common(
  { batch, queries, keys, heads, size }: Sizes,
  scale: number,
  rows: number,
): Pick<Program, 'threads' | 'groups' | 'types' | 'uniforms'> {
  return {
    threads: THREADS,
    groups: [Math.ceil(rows / THREADS), heads, batch] as const,
    types: size % 4 === 0 ? { T: 'vec4<f32>', logsumexp: 'f32', offset: 'f32' } : {},
    uniforms: {
      queries: u32(queries),
      keys: u32(keys),
      heads: u32(heads),
      vectors: u32(Math.ceil(size / 4)),
      scale: f32(scale),
    },
  };
}

// Heads are read as vectors of four; a size that is no multiple of four is filled up with zeros.
function declarations(size: number, reads: string[], tiles: string[], writes: string[]): string {
  const vectors = Math.ceil(size / 4);
  const tile = Math.max(1, Math.min(THREADS, Math.floor(SHARED_VECTORS / (2 * vectors + 1))));
  const whole = size % 4 === 0;
  const element = (name: string, k: number) =>
    `select(0.0, ${name}[start + min(4u * d + ${k}u, SIZE - 1u)], 4u * d + ${k}u < SIZE)`;
  const reader = (name: string) => `
fn ${functionOf('read', name)}(start: u32, d: u32) -> vec4<f32> {
  return ${whole ? `${name}[start + d]` : `vec4(${[0, 1, 2, 3].map((k) => element(name, k)).join(', ')})`};
}`;
  const writer = (name: string) => `
fn ${functionOf('write', name)}(start: u32, d: u32, value: vec4<f32>) {
  ${
    whole
      ? `${name}[start + d] = value;`
      : `for (var k = 0u; k < 4u && 4u * d + k < SIZE; k++) { ${name}[start + 4u * d + k] = value[k]; }`
  }
}`;
  return `
const SIZE = ${size}u;
const MOST = ${vectors}u;
const TILE = ${tile}u;
alias Vector = array<vec4<f32>, MOST>;
${tiles.map((name) => `var<workgroup> ${name}: array<vec4<f32>, TILE * MOST>;`).join('\n')}
// The index of a token's part for a head.
fn startOf(b: u32, token: u32, tokens: u32, head: u32) -> u32 {
  return ((b * tokens + token) * uniforms.heads + head) * ${whole ? 'MOST' : 'SIZE'};
}
${reads.map(reader).join('\n')}
${writes.map(writer).join('\n')}`;
}

const functionOf = (verb: string, name: string) => `${verb}${name[0]!.toUpperCase()}${name.slice(1)}`;

const place = (rows: 'queries' | 'keys', size: number) => `
  // Loops that compilers do not unroll where they would be long: registers do not hold as much anyway.
  let D = ${size > LONGEST_UNROLLED ? 'uniforms.vectors' : 'MOST'};
  let b = group.z;
  let head = group.y;
  let row = group.x * ${THREADS}u + lane;
  let isIn = row < uniforms.${rows};
  // Threads beyond the last row compute it again and write nothing: all must reach the barriers.
  let rowStart = startOf(b, min(row, uniforms.${rows} - 1u), uniforms.${rows}, head);`;

// A loop over a vector's parts that works for both layouts of the buffer.
const write = (name: string, start: string, expression: string) => `
    for (var d = 0u; d < D; d++) { ${functionOf('write', name)}(${start}, d, ${expression}); }`;

function sizesOf(kernelName: string, query: TensorInfo, key: TensorInfo, heads: number): Sizes {
  const [batch, queries, features] = query.shape as [number, number, number];
  const fits = query.shape.length === 3 && key.shape.length === 3 && features % heads === 0;
  if (!fits || key.shape[0] !== batch || key.shape[2] !== features) {
    throw new Error(
      `${kernelName}: query has shape [${query.shape}], key [${key.shape}] and heads is ${heads}; ` +
        'expected [batch, tokens, features] with one batch, the same features, and heads a divisor of them',
    );
  }
  return { batch, queries, keys: key.shape[1]!, heads, size: features / heads };
}

/** Multi-head attention and its gradient, without ever writing the scores to memory. */
export const attentionKernels: KernelConfig[] = [attention, attentionGrad];
