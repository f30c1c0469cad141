// Loads and stores of partial vectors, for all kernel files. They are not exports of the module.

function loadShort(pointer: usize, n: i32): v128 {
  if (n == 1) return v128.load32_zero(pointer);
  const pair = v128.load64_zero(pointer);
  return n == 2 ? pair : v128.load32_lane(pointer, pair, 2, 8);
}

function storeShort(pointer: usize, value: v128, n: i32): void {
  if (n == 1) {
    v128.store32_lane(pointer, value, 0);
  } else {
    v128.store64_lane(pointer, value, 0);
    if (n == 3) v128.store32_lane(pointer, value, 2, 8);
  }
}

/** The first min(n, 4) floats at `pointer`, n at least 1; the other lanes are 0. Never reads beyond them. */
// @ts-ignore: decorator
@inline
export function loadPart(pointer: usize, n: i32): v128 {
  return n >= 4 ? v128.load(pointer) : loadShort(pointer, n);
}

/** Stores the first min(n, 4) floats, n at least 1. */
// @ts-ignore: decorator
@inline
export function storePart(pointer: usize, value: v128, n: i32): void {
  if (n >= 4) v128.store(pointer, value);
  else storeShort(pointer, value, n);
}

/**
 * The number of bytes by which the last vector of an array of `total` floats moves back, to end at the end of the array, if `rest`
 * floats are left. A few results are then computed twice, which is cheaper than a partial vector.
 */
// @ts-ignore: decorator
@inline
export function overlap(total: i32, rest: i32): usize {
  return total >= 4 && rest < 4 ? (<usize>(4 - rest)) << 2 : 0;
}

/** Copies n floats. */
export function copyFloats(out: usize, x: usize, n: i32): void {
  if (n >= 128) {
    memory.copy(out, x, (<usize>n) << 2);
    return;
  }
  for (; n >= 4; n -= 4) {
    v128.store(out, v128.load(x));
    out += 16;
    x += 16;
  }
  if (n) storePart(out, loadPart(x, n), n);
}
