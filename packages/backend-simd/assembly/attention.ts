// Attention, one head of one example at a time, in the caches. Queries, keys and values are [batch, tokens, heads, size]. Scores are
// transposed, [keys][PANEL queries], so that softmax runs along the lanes of vectors and a panel of probabilities is directly an
// operand of the next product. Items: heads of all examples.
import { packBlock } from './gemm';
import * as math from './math';
import { packPanel, packRows } from './pack';
import { PANEL, countPanels } from './panel';
import { bytes, multiplyAdd } from './simd';
import { tiles } from './tiles';
import { loadPart, storePart } from './vector';
import { ownPart } from './winograd';

/** The number of bytes in a row of a panel. */
const ROW: usize = bytes(PANEL);
/** The number of terms in a float sum. */
const TERMS: i32 = 128;

// @ts-ignore: decorator
@inline
function fours(n: i32): i32 {
  return (n + 3) & ~3;
}

/**
 * out = softmax(scale Q K^T) V and logsumexp [batch, heads, queries] of the scaled scores. The workspace of a thread has at least
 * fours(keys) (2 size + PANEL) + 2 fours(size) PANEL floats.
 */
export function attention(
  q: usize, k: usize, v: usize, out: usize, logsumexp: usize, heads: i32, queries: i32, keys: i32, size: i32,
  scale: f32, workspace: usize, workspaceBytes: usize, first: i32, last: i32, scratch: usize,
): void {
  const pitch = heads * size;
  const packedKeys = ownPart(workspace, workspaceBytes, scratch);
  const packedValues = packedKeys + bytes(fours(keys) * size);
  const scores = packedValues + bytes(fours(size) * keys);
  const query = scores + ROW * fours(keys);
  const mixed = query + ROW * size;
  for (let item = first; item < last; item++) {
    const example = item / heads, offset = item % heads * size;
    const from = bytes(example * queries * pitch + offset), other = bytes(example * keys * pitch + offset);
    packBlock(k + other, pitch, 1, keys, size, packedKeys);
    packBlock(v + other, 1, pitch, size, keys, packedValues);
    for (let row = 0; row < queries; row += PANEL) {
      const present = min(PANEL, queries - row);
      const at = from + bytes(row * pitch);
      packPanel(q + at, 1, pitch, present, query, size);
      tiles(packedKeys, bytes(size) * 4, fours(keys) >> 2, query, 0, 1, scores, ROW, size, false);
      exponentials(scores, keys, scale, logsumexp + bytes(item * queries + row), present, scratch);
      tiles(packedValues, bytes(keys) * 4, fours(size) >> 2, scores, 0, 1, mixed, ROW, keys, false);
      turn(mixed, size, present, scratch, out + at, pitch);
    }
  }
}

// Replaces scores by exp(scale s - maximum), column by column; writes ln of their sums and, to `inverse`, 1 / sum.
function exponentials(scores: usize, keys: i32, scale: f32, logsumexp: usize, present: i32, inverse: usize): void {
  const factor = f32x4.splat(scale);
  for (let lane = 0; lane < PANEL; lane += 4) {
    const column = scores + bytes(lane);
    let largest = f32x4.splat(-Infinity);
    for (let i = 0; i < keys; i++) largest = f32x4.pmax(largest, f32x4.mul(v128.load(column + ROW * i), factor));
    let total = f32x4.splat(0);
    for (let i = 0; i < keys; ) {
      let sum = f32x4.splat(0);
      for (const end = min(keys, i + TERMS); i < end; i++) {
        const at = column + ROW * i;
        const e = math.expNegative(f32x4.sub(f32x4.mul(v128.load(at), factor), largest));
        v128.store(at, e);
        sum = f32x4.add(sum, e);
      }
      total = f32x4.add(total, sum);
    }
    v128.store(inverse + bytes(lane), f32x4.div(f32x4.splat(1), total));
    if (lane < present) storePart(logsumexp + bytes(lane), f32x4.add(largest, math.log(total)), present - lane);
  }
}

// Transposes a panel [size][PANEL], with each column multiplied by its factor, to rows of `size` floats.
function turn(panel: usize, size: i32, rows: i32, factors: usize, out: usize, pitch: i32): void {
  const step = bytes(pitch);
  for (let lane = 0; lane < rows; lane += 4) {
    const factor = v128.load(factors + bytes(lane));
    const target = out + step * lane;
    const count = rows - lane;
    for (let i = 0; i < size; i += 4) {
      const at = panel + ROW * i + bytes(lane);
      const a = f32x4.mul(v128.load(at), factor), b = f32x4.mul(v128.load(at + ROW), factor);
      const c = f32x4.mul(v128.load(at + 2 * ROW), factor), d = f32x4.mul(v128.load(at + 3 * ROW), factor);
      const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5), abHigh = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
      const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5), cdHigh = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
      const to = target + bytes(i);
      const width = size - i;
      storePart(to, v128.shuffle<i64>(ab, cd, 0, 2), width);
      if (count > 1) storePart(to + step, v128.shuffle<i64>(ab, cd, 1, 3), width);
      if (count > 2) storePart(to + 2 * step, v128.shuffle<i64>(abHigh, cdHigh, 0, 2), width);
      if (count > 3) storePart(to + 3 * step, v128.shuffle<i64>(abHigh, cdHigh, 1, 3), width);
    }
  }
}

/**
 * The gradients of attention, with P = exp(scale Q K^T - logsumexp) recomputed:
 * dV = P^T dY, dS = scale P (dY V^T - rowsum(P dY V^T)), dQ = dS K, dK = dS^T Q.
 * For the workspace of a thread, see `gradientBytes` in src/kernels/attention.ts.
 */
export function attentionGrad(
  dy: usize, q: usize, k: usize, v: usize, logsumexp: usize, dq: usize, dk: usize, dv: usize,
  heads: i32, queries: i32, keys: i32, size: i32, scale: f32, workspace: usize, workspaceBytes: usize,
  first: i32, last: i32, scratch: usize,
): void {
  const pitch = heads * size;
  const rows = countPanels(queries) * PANEL, columns = countPanels(size);
  const keyRows = ownPart(workspace, workspaceBytes, scratch);
  const valueRows = keyRows + bytes(fours(keys) * size);
  const keyColumns = valueRows + bytes(fours(keys) * size);
  const queryPanels = keyColumns + bytes(fours(size) * keys);
  const gradientPanels = queryPanels + bytes(queries * columns) * PANEL;
  const probabilities = gradientPanels + bytes(queries * columns) * PANEL;
  const scores = probabilities + bytes(fours(keys) * rows);
  const panel = scores + bytes(fours(keys) * rows);
  const gradient = panel + ROW * fours(keys);
  const query = gradient + ROW * fours(keys);
  const turned = query + ROW * size;
  const sums = turned + ROW * fours(size);
  const stride = bytes(columns) * PANEL;
  const panelBytes = bytes(queries) * PANEL, rowBytes = bytes(rows) * 4;
  for (let lane = 0; lane < PANEL; lane++) f32.store(scratch + bytes(lane), 1);
  for (let item = first; item < last; item++) {
    const example = item / heads, offset = item % heads * size;
    const from = bytes(example * queries * pitch + offset), other = bytes(example * keys * pitch + offset);
    packBlock(k + other, pitch, 1, keys, size, keyRows);
    packBlock(v + other, pitch, 1, keys, size, valueRows);
    packBlock(k + other, 1, pitch, size, keys, keyColumns);
    for (let i = 0; i < columns; i++) {
      const at = from + ROW * i, width = min(PANEL, size - i * PANEL);
      packPanel(q + at, pitch, 1, width, queryPanels + panelBytes * i, queries);
      packPanel(dy + at, pitch, 1, width, gradientPanels + panelBytes * i, queries);
    }
    for (let row = 0; row < queries; row += PANEL) {
      const present = min(PANEL, queries - row);
      const at = from + bytes(row * pitch);
      packPanel(q + at, 1, pitch, present, query, size);
      tiles(keyRows, bytes(size) * 4, fours(keys) >> 2, query, 0, 1, panel, ROW, size, false);
      packPanel(dy + at, 1, pitch, present, query, size);
      tiles(valueRows, bytes(size) * 4, fours(keys) >> 2, query, 0, 1, gradient, ROW, size, false);
      scoreGradient(panel, gradient, keys, scale, logsumexp + bytes(item * queries + row), present);
      for (let key = 0; key < keys; key += 4) {
        const target = bytes(row) * 4 + rowBytes * (key >> 2);
        const p = panel + ROW * key, s = gradient + ROW * key;
        packRows(p, p + ROW, p + 2 * ROW, p + 3 * ROW, probabilities + target, PANEL);
        packRows(s, s + ROW, s + 2 * ROW, s + 3 * ROW, scores + target, PANEL);
      }
      tiles(keyColumns, bytes(keys) * 4, fours(size) >> 2, gradient, 0, 1, turned, ROW, keys, false);
      turn(turned, size, present, scratch, dq + at, pitch);
    }
    tiles(probabilities, rowBytes, fours(keys) >> 2, gradientPanels, panelBytes, columns, sums, stride, queries, false);
    copyRows(sums, stride, keys, size, dv + other, pitch);
    tiles(scores, rowBytes, fours(keys) >> 2, queryPanels, panelBytes, columns, sums, stride, queries, false);
    copyRows(sums, stride, keys, size, dk + other, pitch);
  }
}

// Replaces scores by probabilities p and their gradients g by scale p (g - sum(p g)), column by column. A large logsumexp has lost
// digits, so the exponentials are divided by their sum again.
function scoreGradient(scores: usize, gradients: usize, keys: i32, scale: f32, logsumexp: usize, present: i32): void {
  const factor = f32x4.splat(scale);
  for (let lane = 0; lane < PANEL; lane += 4) {
    const column = scores + bytes(lane), gradient = gradients + bytes(lane);
    const log = lane < present ? loadPart(logsumexp + bytes(lane), present - lane) : f32x4.splat(0);
    let total = f32x4.splat(0), weighted = f32x4.splat(0);
    for (let i = 0; i < keys; ) {
      let sum = f32x4.splat(0), products = f32x4.splat(0);
      for (const end = min(keys, i + TERMS); i < end; i++) {
        const at = column + ROW * i;
        const e = math.expNegative(f32x4.sub(f32x4.mul(v128.load(at), factor), log));
        v128.store(at, e);
        sum = f32x4.add(sum, e);
        products = multiplyAdd(e, v128.load(gradient + ROW * i), products);
      }
      total = f32x4.add(total, sum);
      weighted = f32x4.add(weighted, products);
    }
    const inverse = f32x4.div(f32x4.splat(1), total);
    const mean = f32x4.mul(weighted, inverse);
    for (let i = 0; i < keys; i++) {
      const at = gradient + ROW * i;
      const p = f32x4.mul(v128.load(column + ROW * i), inverse);
      v128.store(column + ROW * i, p);
      v128.store(at, f32x4.mul(f32x4.mul(p, factor), f32x4.sub(v128.load(at), mean)));
    }
  }
}

function copyRows(source: usize, stride: usize, rows: i32, n: i32, out: usize, pitch: i32): void {
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < n; i += 4) storePart(out + bytes(i), v128.load(source + bytes(i)), n - i);
    source += stride;
    out += bytes(pitch);
  }
}
