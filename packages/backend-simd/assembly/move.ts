// Kernels that move floats (or any four-byte elements) without computing.
import { bytes } from './simd';
import { copyFloats } from './vector';

/**
 * Copies rows of `inner` floats between two arrays with up to four outer axes. int32 at `layout`: the sizes of the last
 * three outer axes, the four strides in x, the four in out (in floats, possibly negative). Items: rows.
 */
export function copyRows(x: usize, out: usize, inner: i32, layout: usize, first: i32, last: i32, scratch: usize): void {
  const n1 = i32.load(layout), n2 = i32.load(layout, 4), n3 = i32.load(layout, 8);
  const x0 = i32.load(layout, 12), x1 = i32.load(layout, 16), x2 = i32.load(layout, 20), x3 = i32.load(layout, 24);
  const o0 = i32.load(layout, 28), o1 = i32.load(layout, 32), o2 = i32.load(layout, 36), o3 = i32.load(layout, 40);
  let r = first;
  while (r < last) {
    const i3 = r % n3, rest3 = r / n3;
    const i2 = rest3 % n2, rest2 = rest3 / n2;
    const i1 = rest2 % n1, i0 = rest2 / n1;
    let from = x + bytes(i0 * x0 + i1 * x1 + i2 * x2 + i3 * x3);
    let to = out + bytes(i0 * o0 + i1 * o1 + i2 * o2 + i3 * o3);
    const end = min(last, r + n3 - i3);
    for (; r < end; r++) {
      if (inner == 1) f32.store(to, f32.load(from));
      else copyFloats(to, from, inner);
      from += bytes(x3);
      to += bytes(o3);
    }
  }
}

/**
 * Transposes matrices: out[j, i] = x[i, j] under up to two outer axes. int32 at `layout`: rows and columns of x, the
 * stride of a row in x and of a column's row in out, the size of the second outer axis, the two outer strides in x, the
 * two in out (in floats). Items: bands of 16 rows of every matrix.
 */
export function transposeMatrices(x: usize, out: usize, layout: usize, first: i32, last: i32, scratch: usize): void {
  const rows = i32.load(layout), columns = i32.load(layout, 4);
  const pitchX = bytes(i32.load(layout, 8)), pitchOut = bytes(i32.load(layout, 12));
  const n1 = i32.load(layout, 16);
  const x0 = i32.load(layout, 20), x1 = i32.load(layout, 24), o0 = i32.load(layout, 28), o1 = i32.load(layout, 32);
  const bands = (rows + 15) / 16;
  for (let u = first; u < last; u++) {
    const matrix = u / bands, top = (u % bands) * 16;
    const i0 = matrix / n1, i1 = matrix % n1;
    const from = x + bytes(i0 * x0 + i1 * x1) + <usize>top * pitchX;
    const to = out + bytes(i0 * o0 + i1 * o1) + bytes(top);
    transposeBand(from, to, min(16, rows - top), columns, pitchX, pitchOut, scratch);
  }
}

function transposeBand(
  x: usize, out: usize, rows: i32, columns: i32, pitchX: usize, pitchOut: usize, scratch: usize,
): void {
  let j = 0;
  // Squares of 16 go through the scratch buffer, so that each cache line is read and written once. Otherwise rows at a distance of a
  // power of two would evict each other from the cache.
  if (rows == 16) {
    for (; j + 16 <= columns; j += 16) {
      for (let i = 0; i < 16; i++) {
        const from = x + <usize>i * pitchX + bytes(j), to = scratch + (<usize>i << 6);
        v128.store(to, v128.load(from));
        v128.store(to, v128.load(from, 16), 16);
        v128.store(to, v128.load(from, 32), 32);
        v128.store(to, v128.load(from, 48), 48);
      }
      for (let k = 0; k < 16; k += 4) {
        const to = out + <usize>(j + k) * pitchOut;
        for (let i = 0; i < 16; i += 4) transposeFour(scratch + (<usize>i << 6) + bytes(k), to + bytes(i), 64, pitchOut);
      }
    }
  }
  for (; j + 4 <= columns; j += 4) {
    let i = 0;
    for (; i + 4 <= rows; i += 4) {
      transposeFour(x + <usize>i * pitchX + bytes(j), out + <usize>j * pitchOut + bytes(i), pitchX, pitchOut);
    }
    for (; i < rows; i++) {
      const from = x + <usize>i * pitchX + bytes(j), to = out + <usize>j * pitchOut + bytes(i);
      for (let k = 0; k < 4; k++) f32.store(to + <usize>k * pitchOut, f32.load(from + bytes(k)));
    }
  }
  for (; j < columns; j++) {
    for (let i = 0; i < rows; i++) {
      f32.store(out + <usize>j * pitchOut + bytes(i), f32.load(x + <usize>i * pitchX + bytes(j)));
    }
  }
}

// @ts-ignore: decorator
@inline
function transposeFour(x: usize, out: usize, pitchX: usize, pitchOut: usize): void {
  const a = v128.load(x), b = v128.load(x + pitchX), c = v128.load(x + 2 * pitchX), d = v128.load(x + 3 * pitchX);
  const ab = i8x16.shuffle(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
  const cd = i8x16.shuffle(c, d, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
  const AB = i8x16.shuffle(a, b, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
  const CD = i8x16.shuffle(c, d, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
  v128.store(out, i8x16.shuffle(ab, cd, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23));
  v128.store(out + pitchOut, i8x16.shuffle(ab, cd, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31));
  v128.store(out + 2 * pitchOut, i8x16.shuffle(AB, CD, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23));
  v128.store(out + 3 * pitchOut, i8x16.shuffle(AB, CD, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31));
}

/**
 * out[o, k] = x[o, indices[k]], rows of `inner` floats; x is [outer, size, inner], `count` the number of indices.
 * Items: outer x indices.
 */
export function gatherRows(
  x: usize, indices: usize, out: usize, size: i32, count: i32, inner: i32, first: i32, last: i32, scratch: usize,
): void {
  for (let u = first; u < last; u++) {
    const index = i32.load(indices + bytes(u % count));
    copyFloats(out + bytes(u) * inner, x + bytes((u / count) * size + index) * inner, inner);
  }
}

/**
 * out[s] = sum of the rows x[i] with ids[i] = s; ids outside [0, segments) are ignored. Items: columns of four floats, so that no two
 * threads write to the same address.
 */
export function segmentSum(
  x: usize, ids: usize, out: usize, rows: i32, segments: i32, inner: i32, first: i32, last: i32, scratch: usize,
): void {
  const left = first * 4, right = min(inner, last * 4);
  const pitch = bytes(inner), width = right - left;
  for (let s = 0; s < segments; s++) memory.fill(out + <usize>s * pitch + bytes(left), 0, bytes(width));
  for (let i = 0; i < rows; i++) {
    const s = i32.load(ids + bytes(i));
    if (<u32>s >= <u32>segments) continue;
    let from = x + <usize>i * pitch + bytes(left), to = out + <usize>s * pitch + bytes(left);
    let n = width;
    for (; n >= 4; n -= 4) {
      v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
      from += 16;
      to += 16;
    }
    for (; n > 0; n--) {
      f32.store(to, f32.load(to) + f32.load(from));
      from += 4;
      to += 4;
    }
  }
}

/** out[i, indices[i]] = on, off elsewhere; rows of `depth` floats. Items: rows. */
export function oneHot(
  indices: usize, out: usize, depth: i32, on: f32, off: f32, first: i32, last: i32, scratch: usize,
): void {
  for (let i = first; i < last; i++) {
    const row = out + bytes(i) * depth;
    for (let j = 0; j < depth; j++) f32.store(row + bytes(j), off);
    const index = i32.load(indices + bytes(i));
    if (<u32>index < <u32>depth) f32.store(row + bytes(index), on);
  }
}
