import type { SimdBackend } from '../backend';
import type { Pointer } from '../pointer';

/** Calls `use` with the address of a table of int32 words in wasm memory, for sizes and strides that are not arguments. */
export function withTable(simd: SimdBackend, words: number[], use: (table: Pointer) => void): void {
  const bytes = words.length * 4;
  const table = simd.temporary(bytes);
  new Int32Array(simd.runtime.memory.buffer, table, words.length).set(words);
  use(table);
  simd.release(table, bytes);
}
