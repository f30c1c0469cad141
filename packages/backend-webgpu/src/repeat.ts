/**
 * WGSL that runs a statement for 0 … count − 1: written out, as GPUs want it, or as a loop. SwiftShader, the software
 * adapter of Chromium, compiles in a time that grows faster than the code: a convolution that is written out takes it minutes.
 *
 * @param body the statement for an index, which is an expression of type u32
 */
export function repeat(unrolled: boolean, count: number, body: (index: string) => string): string {
  if (!unrolled) return `for (var part = 0u; part < ${count}u; part++) { ${body('part')} }`;
  return Array.from({ length: count }, (_, index) => `{ ${body(`${index}u`)} }`).join('\n  ');
}
