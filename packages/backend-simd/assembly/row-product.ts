// The product of one row with a matrix, bound by memory: the matrix is read once and not packed.
import { storeRow } from './epilogue';
import { bytes, multiplyAdd } from './simd';
import { sumLanes } from './sums';
import { loadPart } from './vector';

/** The number of columns of an item. */
const STRIP: i32 = 128;

/** c [n] = activation(a [k] B [k, n] + bias). Items: strips of 128 columns. */
export function rowProduct(
  a: usize, b: usize, c: usize, k: i32, n: i32, bias: usize, activation: i32, alpha: f32,
  first: i32, last: i32, scratch: usize,
): void {
  const step = bytes(n);
  for (let item = first; item < last; item++) {
    const column = item * STRIP, columns = min(STRIP, n - column);
    const source = b + bytes(column);
    memory.fill(scratch, 0, bytes(STRIP));
    let i = 0;
    for (; i + 4 <= k; i += 4) {
      const row = source + step * i, at = a + bytes(i);
      const a0 = v128.load32_splat(at), a1 = v128.load32_splat(at, 4);
      const a2 = v128.load32_splat(at, 8), a3 = v128.load32_splat(at, 12);
      for (let j = 0; j < columns; j += 4) {
        const width = columns - j;
        let from = row + bytes(j);
        let sum = f32x4.mul(a0, loadPart(from, width));
        sum = multiplyAdd(a1, loadPart((from += step), width), sum);
        sum = multiplyAdd(a2, loadPart((from += step), width), sum);
        sum = multiplyAdd(a3, loadPart(from + step, width), sum);
        const to = scratch + bytes(j);
        v128.store(to, f32x4.add(v128.load(to), sum));
      }
    }
    for (; i < k; i++) {
      const row = source + step * i, a0 = v128.load32_splat(a + bytes(i));
      for (let j = 0; j < columns; j += 4) {
        const to = scratch + bytes(j);
        v128.store(to, multiplyAdd(a0, loadPart(row + bytes(j), columns - j), v128.load(to)));
      }
    }
    storeRow(scratch, c + bytes(column), columns, bias ? bias + bytes(column) : 0, activation, alpha);
  }
}

/** c [n] = activation(a [k] B^T + bias), B [n, k]. Items: elements of c. */
export function rowProductTransposed(
  a: usize, b: usize, c: usize, k: i32, n: i32, bias: usize, activation: i32, alpha: f32,
  first: i32, last: i32, scratch: usize,
): void {
  for (let item = first; item < last; item++) {
    const row = b + bytes(item) * k;
    let x = f32x4.splat(0), y = x, z = x, w = x;
    let i = 0;
    for (; i + 16 <= k; i += 16) {
      const at = bytes(i);
      x = multiplyAdd(v128.load(a + at), v128.load(row + at), x);
      y = multiplyAdd(v128.load(a + at, 16), v128.load(row + at, 16), y);
      z = multiplyAdd(v128.load(a + at, 32), v128.load(row + at, 32), z);
      w = multiplyAdd(v128.load(a + at, 48), v128.load(row + at, 48), w);
    }
    for (; i < k; i += 4) x = multiplyAdd(loadPart(a + bytes(i), k - i), loadPart(row + bytes(i), k - i), x);
    const sum = sumLanes(f32x4.add(f32x4.add(x, y), f32x4.add(z, w)));
    f32.store(scratch, <f32>sum);
    storeRow(scratch, c + bytes(item), 1, bias ? bias + bytes(item) : 0, activation, alpha);
  }
}
