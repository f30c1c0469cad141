// Batched matrix products. B is packed once into panels of PANEL columns, then blocks of C are computed independently.
import { storeRow } from './epilogue';
import { packColumns, packPanel, packRows } from './pack';
import { PANEL, countPanels } from './panel';
import { bytes } from './simd';
import { tiles } from './tiles';

/** A block of A in scratch: at most ROWS rows by DEPTH of the inner dimension. */
export const ROWS: i32 = 64;
export const DEPTH: i32 = 640;
/** Columns of a block of C in scratch. */
export const COLUMNS: i32 = 256;

/**
 * Packs B [batches, k, n] (strides in elements) to [batches][ceil(n / PANEL)][k][PANEL]. Items: panels of all batches.
 */
export function packB(
  b: usize, out: usize, k: i32, n: i32, kStride: i32, columnStride: i32, batchStride: i32,
  first: i32, last: i32, scratch: usize,
): void {
  const panels = countPanels(n);
  for (let item = first; item < last; item++) {
    const column = item % panels * PANEL;
    const source = b + bytes(item / panels) * batchStride + bytes(column) * columnStride;
    packPanel(source, kStride, columnStride, min(PANEL, n - column), out + (bytes(item) * k) * PANEL, k);
  }
}

/**
 * C [batches, m, n] = activation(A B + bias), with B packed by packB. Items: blocks of blockRows by blockColumns of C in all batches.
 * `table` has the indices of the matrices of A and B for each batch; 0 means the index of the batch.
 */
export function gemm(
  a: usize, b: usize, c: usize, table: usize, m: i32, k: i32, n: i32,
  rowStride: i32, kStride: i32, batchStride: i32, blockRows: i32, blockColumns: i32,
  bias: usize, activation: i32, alpha: f32, first: i32, last: i32, scratch: usize,
): void {
  const rowBlocks = (m + blockRows - 1) / blockRows;
  const columnBlocks = (n + blockColumns - 1) / blockColumns;
  const panelBytes = bytes(k) * PANEL;
  const bBatch = panelBytes * countPanels(n);
  const depth = balance(k);
  const cBlock = scratch + bytes(ROWS * DEPTH);
  for (let item = first; item < last; item++) {
    const batch = item / (rowBlocks * columnBlocks);
    const block = item % (rowBlocks * columnBlocks);
    const row = block / columnBlocks * blockRows, column = block % columnBlocks * blockColumns;
    const rows = min(blockRows, m - row), columns = min(blockColumns, n - column);
    const aIndex = table ? i32.load(table + bytes(2 * batch)) : batch;
    const bIndex = table ? i32.load(table + bytes(2 * batch), 4) : batch;
    const source = a + bytes(aIndex) * batchStride + bytes(row) * rowStride;
    const panel = b + bBatch * bIndex + panelBytes * (column / PANEL);
    const columnPanels = countPanels(columns);
    const stride = bytes(columnPanels) * PANEL;
    for (let inner = 0; inner < k; inner += depth) {
      const count = min(depth, k - inner);
      packBlock(source + bytes(inner) * kStride, rowStride, kStride, rows, count, scratch);
      tiles(
        scratch, bytes(count) * 4, (rows + 3) >> 2, panel + bytes(inner) * PANEL, panelBytes, columnPanels,
        cBlock, stride, count, inner > 0,
      );
    }
    let out = c + bytes(batch * m + row) * n + bytes(column);
    for (let i = 0; i < rows; i++) {
      storeRow(cBlock + stride * i, out, columns, bias ? bias + bytes(column) : 0, activation, alpha);
      out += bytes(n);
    }
  }
}

/** The length of equal parts that fit in the block in scratch. */
export function balance(k: i32): i32 {
  const parts = max(1, (k + DEPTH - 1) / DEPTH);
  return max(1, (k + parts - 1) / parts);
}

/** `rows` rows of A, `count` of the inner dimension, as panels of four rows; strides in elements. */
export function packBlock(source: usize, rowStride: i32, kStride: i32, rows: i32, count: i32, out: usize): void {
  const step = bytes(rowStride);
  for (let i = 0; i < rows; i += 4) {
    const row = source + step * i;
    const present = min(4, rows - i);
    if (kStride == 1) {
      // Missing rows repeat the first; their results are not copied out.
      packRows(row, present > 1 ? row + step : row, present > 2 ? row + 2 * step : row, present > 3 ? row + 3 * step : row, out, count);
    } else {
      packColumns(row, bytes(kStride), present, out, count);
    }
    out += bytes(count) * 4;
  }
}
