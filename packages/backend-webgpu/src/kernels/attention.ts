import type { Kernels } from '@tenfold/kernels';
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { f32, type Program, u32 } from '../program';
import { storeFirstResult } from '../store-activation';
import {
  accumulate,
  declareTiles,
  eachPart,
  eachScore,
  fill,
  multiply,
  PLACE,
  sideFor,
  THREADS,
  write,
} from './attention-tiles';
import { assertFloats } from './floats';

type AttentionAttrs = Kernels['Attention']['attributes'];

interface Sizes {
  batch: number;
  queries: number;
  keys: number;
  heads: number;
  size: number;
}

/**
 * inputs { query, key, value }, [batch, tokens, heads·size]: outputs [softmax(scale·Q·Kᵀ)·V, logsumexp [batch, heads,
 * tokens]]. A workgroup has a tile of queries and loops over the keys, tile by tile; sums are rescaled when a larger
 * score appears.
 */
const attention: KernelConfig = {
  kernelName: 'Attention',
  backendName: 'webgpu',
  kernelFunc: ({ inputs, backend, attrs }) => {
    const webgpu = backend as WebgpuBackend;
    const { query, key, value } = inputs as Record<string, TensorInfo>;
    const { heads, scale } = attrs as unknown as AttentionAttrs;
    const sizes = readSizes('Attention', query!, key!, heads);
    assertFloats('Attention', { query: query! });
    assertFloats('Attention', { key: key!, value: value! }, key!.shape);
    const mixed = webgpu.output(query!.shape);
    const logsumexp = webgpu.output([sizes.batch, heads, sizes.queries]);
    const tiling = tilingFor(webgpu, 'Attention', sizes, sizes.queries, { tiles: 3, scores: 1 });
    storeFirstResult(webgpu, [query!, key!, value!], mixed);
    webgpu.run({
      name: `attention ${sizes.size} ${tiling.side}`,
      inputs: { query: query!, key: key!, value: value! },
      outputs: { mixed, logsumexp },
      ...common(sizes, scale, sizes.queries, tiling.side),
      declarations: () =>
        declareTiles(tiling, {
          tiles: ['queryTile', 'keyTile', 'valueTile'],
          scores: ['weights'],
          rows: ['tops', 'totals', 'shrinks'],
          reads: ['query', 'key', 'value'],
          writes: ['mixed'],
        }),
      body: () => `
  ${PLACE}
  ${fill('queryTile', 'query', 'firstRow', 'uniforms.queries')}
  ${eachPart(tiling, (r, p) => `var sum${r}_${p} = vec4<f32>();`)}
  if (lane < ROWS) { tops[lane] = -3.4028234e38; totals[lane] = 0.0; }
  for (var tile = 0u; tile < uniforms.keys; tile += ROWS) {
    let count = min(ROWS, uniforms.keys - tile);
    workgroupBarrier();
    ${fill('keyTile', 'key', 'tile', 'uniforms.keys')}
    ${fill('valueTile', 'value', 'tile', 'uniforms.keys')}
    workgroupBarrier();
    ${multiply(tiling, [['s', 'queryTile', 'keyTile']])}
    ${eachScore(tiling, (r, c, at) => `weights[${at}] = s${r}_${c} * uniforms.scale;`)}
    workgroupBarrier();
    // One thread for a row: its largest score, and the weights.
    if (lane < ROWS) {
      var top = tops[lane];
      for (var j = 0u; j < count; j++) { top = max(top, weights[lane * ROWS + j]); }
      let shrink = exp(tops[lane] - top);
      var total = totals[lane] * shrink;
      for (var j = 0u; j < count; j++) {
        let weight = exp(weights[lane * ROWS + j] - top);
        weights[lane * ROWS + j] = weight;
        total += weight;
      }
      tops[lane] = top;
      totals[lane] = total;
      shrinks[lane] = shrink;
    }
    workgroupBarrier();
    ${eachPart(tiling, (r, p) => `sum${r}_${p} *= shrinks[down * SIDE + ${r}u];`)}
    ${accumulate(tiling, [['sum', 'weights', 'valueTile']])}
  }
  ${write(tiling, 'mixed', 'uniforms.queries', (r, p) => `sum${r}_${p} / totals[down * SIDE + ${r}u]`)}
  if (lane < ROWS && firstRow + lane < uniforms.queries) {
    store_logsumexp((b * uniforms.heads + head) * uniforms.queries + firstRow + lane, tops[lane] + log(totals[lane]));
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
    const sizes = readSizes('AttentionGrad', query!, key!, heads);
    assertFloats('AttentionGrad', { dy: dy!, query: query! }, query!.shape);
    assertFloats('AttentionGrad', { key: key!, value: value! }, key!.shape);
    const moments = [sizes.batch, heads, sizes.queries];
    assertFloats('AttentionGrad', { logsumexp: logsumexp! }, moments);
    const [dquery, dkey, dvalue] = [query!, key!, value!].map(({ shape }) => webgpu.output(shape));
    const operands = { dy: dy!, query: query!, key: key!, value: value!, logsumexp: logsumexp! };
    // Σⱼ Pᵢⱼ·dPᵢⱼ of each query, which the gradient of a softmax subtracts.
    const offset = webgpu.output(moments);
    const tiles = ['dyTile', 'queryTile', 'keyTile', 'valueTile'];
    const reads = ['dy', 'query', 'key', 'value'];
    const memory = { tiles: 4, scores: 2 };

    // dQ = (Σⱼ P·dP·K − offset·Σⱼ P·K)·scale in one pass, although the offset is known only at its end.
    const byQuery = tilingFor(webgpu, 'AttentionGrad', sizes, sizes.queries, memory);
    webgpu.run({
      name: `attention grad query ${sizes.size} ${byQuery.side}`,
      inputs: operands,
      outputs: { dquery: dquery!, offset },
      ...common(sizes, scale, sizes.queries, byQuery.side),
      declarations: () =>
        declareTiles(byQuery, {
          tiles,
          scores: ['weights', 'slopes'],
          rows: ['logTotals'],
          reads,
          writes: ['dquery'],
        }),
      body: () => `
  ${PLACE}
  ${fill('queryTile', 'query', 'firstRow', 'uniforms.queries')}
  ${fill('dyTile', 'dy', 'firstRow', 'uniforms.queries')}
  let moment = (b * uniforms.heads + head) * uniforms.queries;
  if (lane < ROWS) { logTotals[lane] = load_logsumexp(moment + min(firstRow + lane, uniforms.queries - 1u)); }
  ${eachPart(byQuery, (r, p) => `var plain${r}_${p} = vec4<f32>(); var weighted${r}_${p} = vec4<f32>();`)}
  ${eachRow(byQuery, (r) => `var total${r} = 0.0;`)}
  for (var tile = 0u; tile < uniforms.keys; tile += ROWS) {
    let count = min(ROWS, uniforms.keys - tile);
    workgroupBarrier();
    ${fill('keyTile', 'key', 'tile', 'uniforms.keys')}
    ${fill('valueTile', 'value', 'tile', 'uniforms.keys')}
    workgroupBarrier();
    ${multiply(byQuery, [
      ['s', 'queryTile', 'keyTile'],
      ['g', 'dyTile', 'valueTile'],
    ])}
    ${eachScore(
      byQuery,
      (r, c, at) => `{
      let weight = exp(s${r}_${c} * uniforms.scale - logTotals[down * SIDE + ${r}u]);
      weights[${at}] = weight;
      slopes[${at}] = weight * g${r}_${c};
    }`,
    )}
    workgroupBarrier();
    ${accumulate(
      byQuery,
      [
        ['plain', 'weights', 'keyTile'],
        ['weighted', 'slopes', 'keyTile'],
      ],
      (r) => `total${r} += slopes[(down * SIDE + ${r}u) * ROWS + j];`,
    )}
  }
  ${write(byQuery, 'dquery', 'uniforms.queries', (r, p) => `(weighted${r}_${p} - total${r} * plain${r}_${p}) * uniforms.scale`)}
  ${eachRow(
    byQuery,
    (r) =>
      `if (across == 0u && firstRow + down * SIDE + ${r}u < uniforms.queries) { store_offset(moment + firstRow + down * SIDE + ${r}u, total${r}); }`,
  )}`,
    });

    // dK = Σᵢ dSᵢ·Q·scale and dV = Σᵢ Pᵢ·dY, dS = P·(dP − offset): rows are keys now.
    const byKey = tilingFor(webgpu, 'AttentionGrad', sizes, sizes.keys, memory);
    webgpu.run({
      name: `attention grad key ${sizes.size} ${byKey.side}`,
      inputs: { ...operands, offset },
      outputs: { dkey: dkey!, dvalue: dvalue! },
      ...common(sizes, scale, sizes.keys, byKey.side),
      declarations: () =>
        declareTiles(byKey, {
          tiles,
          scores: ['weights', 'slopes'],
          rows: ['logTotals', 'offsets'],
          reads,
          writes: ['dkey', 'dvalue'],
        }),
      body: () => `
  ${PLACE}
  ${fill('keyTile', 'key', 'firstRow', 'uniforms.keys')}
  ${fill('valueTile', 'value', 'firstRow', 'uniforms.keys')}
  let moment = (b * uniforms.heads + head) * uniforms.queries;
  ${eachPart(byKey, (r, p) => `var keySum${r}_${p} = vec4<f32>(); var valueSum${r}_${p} = vec4<f32>();`)}
  for (var tile = 0u; tile < uniforms.queries; tile += ROWS) {
    let count = min(ROWS, uniforms.queries - tile);
    workgroupBarrier();
    ${fill('queryTile', 'query', 'tile', 'uniforms.queries')}
    ${fill('dyTile', 'dy', 'tile', 'uniforms.queries')}
    if (lane < ROWS) {
      let at = moment + min(tile + lane, uniforms.queries - 1u);
      logTotals[lane] = load_logsumexp(at);
      offsets[lane] = load_offset(at);
    }
    workgroupBarrier();
    ${multiply(byKey, [
      ['s', 'keyTile', 'queryTile'],
      ['g', 'valueTile', 'dyTile'],
    ])}
    ${eachScore(
      byKey,
      (r, c, at) => `{
      let column = across * SIDE + ${c}u;
      let weight = exp(s${r}_${c} * uniforms.scale - logTotals[column]);
      weights[${at}] = weight;
      slopes[${at}] = weight * (g${r}_${c} - offsets[column]);
    }`,
    )}
    workgroupBarrier();
    ${accumulate(byKey, [
      ['keySum', 'slopes', 'queryTile'],
      ['valueSum', 'weights', 'dyTile'],
    ])}
  }
  ${write(byKey, 'dkey', 'uniforms.keys', (r, p) => `keySum${r}_${p} * uniforms.scale`)}
  ${write(byKey, 'dvalue', 'uniforms.keys', (r, p) => `valueSum${r}_${p}`)}`,
    });
    webgpu.disposeData(offset.dataId);
    return [dquery!, dkey!, dvalue!];
  },
};

// One workgroup for every tile of rows of a head.
function common(
  { batch, queries, keys, heads, size }: Sizes,
  scale: number,
  rows: number,
  side: number,
): Pick<Program, 'threads' | 'groups' | 'types' | 'uniforms'> {
  return {
    threads: THREADS,
    groups: [Math.ceil(rows / (8 * side)), heads, batch],
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

function tilingFor(
  { device }: WebgpuBackend,
  kernelName: string,
  { size }: Sizes,
  rows: number,
  memory: { tiles: number; scores: number },
) {
  const bytes = device.limits.maxComputeWorkgroupStorageSize;
  const side = sideFor(size, rows, bytes, memory);
  if (side === undefined) {
    throw new Error(
      `${kernelName}: a head has ${size} features, but the ${bytes} bytes of workgroup memory of this device hold fewer; use more heads`,
    );
  }
  return { size, side };
}

const eachRow = ({ side }: { side: number }, line: (r: number) => string): string =>
  Array.from({ length: side }, (_, r) => line(r)).join('\n  ');

function readSizes(kernelName: string, query: TensorInfo, key: TensorInfo, heads: number): Sizes {
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

/** Multi-head attention and its gradient, without writing the scores to memory. */
export const attentionKernels: KernelConfig[] = [attention, attentionGrad];
