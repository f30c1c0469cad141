/**
 * WGSL that runs a statement for 0 … count − 1: unrolled, which is best for GPUs, or as a loop, for software adapters, whose compile
 * time grows with the code. SwiftShader, Chromium's, needs minutes for an unrolled convolution.
 *
 * @param body the statement for an index, which is an expression of type u32
 */
export function repeat(unrolled: boolean, count: number, body: (index: string) => string): string {
  if (!unrolled) return `for (var part = 0u; part < ${count}u; part++) { ${body('part')} }`;
  return Array.from({ length: count }, (_, index) => `{ ${body(`${index}u`)} }`).join('\n  ');
}
