/**
 * WGSL that runs a statement for 0 … count − 1: unrolled, which is best for GPUs, or as a loop. The compile time of SwiftShader,
 * Chromium's software adapter, grows faster than the code: it needs minutes for an unrolled convolution.
 *
 * @param body the statement for an index, which is an expression of type u32
 */
export function repeat(unrolled: boolean, count: number, body: (index: string) => string): string {
  if (!unrolled) return `for (var part = 0u; part < ${count}u; part++) { ${body('part')} }`;
  return Array.from({ length: count }, (_, index) => `{ ${body(`${index}u`)} }`).join('\n  ');
}
