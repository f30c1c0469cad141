// Packing: copies operands in the order in which the tiles read them.
import { PANEL } from './panel';
import { bytes } from './simd';

/** The 4x4 block at four row pointers, transposed, to 64 bytes at `out` with 16 bytes per column. */
// @ts-ignore: decorator
@inline
export function transpose4x4(r0: usize, r1: usize, r2: usize, r3: usize, out: usize, step: usize): void {
  const a = v128.load(r0), b = v128.load(r1), c = v128.load(r2), d = v128.load(r3);
  const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5), abHigh = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5), cdHigh = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  v128.store(out, v128.shuffle<i64>(ab, cd, 0, 2));
  v128.store(out + step, v128.shuffle<i64>(ab, cd, 1, 3));
  v128.store(out + 2 * step, v128.shuffle<i64>(abHigh, cdHigh, 0, 2));
  v128.store(out + 3 * step, v128.shuffle<i64>(abHigh, cdHigh, 1, 3));
}

/** Packs four rows of `count` floats into a panel [count][4]. */
export function packRows(r0: usize, r1: usize, r2: usize, r3: usize, out: usize, count: i32): void {
  for (; count >= 4; count -= 4) {
    transpose4x4(r0, r1, r2, r3, out, 16);
    r0 += 16;
    r1 += 16;
    r2 += 16;
    r3 += 16;
    out += 64;
  }
  for (; count > 0; count--) {
    f32.store(out, f32.load(r0));
    f32.store(out, f32.load(r1), 4);
    f32.store(out, f32.load(r2), 8);
    f32.store(out, f32.load(r3), 12);
    r0 += 4;
    r1 += 4;
    r2 += 4;
    r3 += 4;
    out += 16;
  }
}

/** Packs `rows` (1 to 4) adjacent columns of a transposed A into a panel [count][4], padded with zeros. */
export function packColumns(source: usize, step: usize, rows: i32, out: usize, count: i32): void {
  if (rows == 4) {
    for (; count > 0; count--) {
      v128.store(out, v128.load(source));
      source += step;
      out += 16;
    }
    return;
  }
  for (; count > 0; count--) {
    f32.store(out, f32.load(source));
    f32.store(out, rows > 1 ? f32.load(source, 4) : 0, 4);
    f32.store(out, rows > 2 ? f32.load(source, 8) : 0, 8);
    f32.store(out, 0, 12);
    source += step;
    out += 16;
  }
}

/**
 * Packs `columns` (1 to PANEL) columns of B, starting at `source`, into a panel [k][PANEL], padded with zeros.
 * Strides in elements, from one k to the next and from one column to the next.
 */
export function packPanel(source: usize, kStride: i32, columnStride: i32, columns: i32, out: usize, k: i32): void {
  if (columns == PANEL && columnStride == 1) {
    const step = bytes(kStride);
    for (; k > 0; k--) {
      v128.store(out, v128.load(source));
      v128.store(out, v128.load(source, 16), 16);
      if (PANEL == 16) {
        v128.store(out, v128.load(source, 32), 32);
        v128.store(out, v128.load(source, 48), 48);
      }
      source += step;
      out += bytes(PANEL);
    }
    return;
  }
  let i = 0;
  if (columns == PANEL && kStride == 1) {
    const row = bytes(columnStride);
    for (; i + 4 <= k; i += 4) {
      let from = source + bytes(i), to = out;
      for (let j = 0; j < PANEL; j += 4) {
        transpose4x4(from, from + row, from + 2 * row, from + 3 * row, to, bytes(PANEL));
        from += 4 * row;
        to += 16;
      }
      out += bytes(4 * PANEL);
    }
  }
  for (; i < k; i++) {
    const row = source + bytes(i * kStride);
    for (let j = 0; j < PANEL; j++) {
      f32.store(out + bytes(j), j < columns ? f32.load(row + bytes(j * columnStride)) : 0);
    }
    out += bytes(PANEL);
  }
}
