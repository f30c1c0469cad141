// Optimizer steps for the tensors of many parameters at once. scripts/build-wasm.mjs generates a class with `step` and a kernel from
// each rule in src/optimizer-rules.ts.
//
// A kernel reads a table with one entry per parameter, of `words` 4-byte words: the number of elements, the first item (a
// parameter has ceil(elements / BLOCK) of them), the addresses of gradient, parameter, slots, update and new slots, then
// floats of this parameter alone. `scalars` points to the floats that hold for all. src/kernels/optimizers.ts writes both.
import { bytes } from './simd';

/** The number of elements in an item. */
const BLOCK: i32 = 8192;

// @ts-ignore: decorator
@inline
export function pointerAt(entry: usize, index: i32): usize {
  return i32.load(entry + bytes(2 + index));
}

// The float at an index of the scalars, or after the addresses of an entry, four times.
// @ts-ignore: decorator
@inline
export function floatAt(floats: usize, index: i32): v128 {
  return v128.load32_splat(floats + bytes(index));
}

/** Runs Rule.step over the items [first, last). */
// @ts-ignore: decorator
@inline
export function forEachParameter<Rule>(table: usize, words: i32, scalars: usize, first: i32, last: i32): void {
  let entry = table;
  for (let item = first; item < last; ) {
    while (item >= i32.load(entry, 4) + (i32.load(entry) + BLOCK - 1) / BLOCK) entry += bytes(words);
    const size = i32.load(entry), start = i32.load(entry, 4);
    const stop = min(last, start + (size + BLOCK - 1) / BLOCK);
    changetype<Rule>(0).step(entry, scalars, (item - start) * BLOCK, min(size, (stop - start) * BLOCK));
    item = stop;
  }
}
