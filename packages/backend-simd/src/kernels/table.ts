import type { SimdBackend } from '../backend';
import type { Pointer } from '../pointer';

/** Runs `use` with the address of `words` (int32) in wasm memory: sizes and strides that do not fit into arguments. */
export function withTable(simd: SimdBackend, words: number[], use: (table: Pointer) => void): void {
  const bytes = words.length * 4;
  const table = simd.temporary(bytes);
  new Int32Array(simd.runtime.memory.buffer, table, words.length).set(words);
  use(table);
  simd.release(table, bytes);
}
