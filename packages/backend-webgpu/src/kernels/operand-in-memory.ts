import type { Operand } from './gemm';

/**
 * An operand stored row-major, for a batch one matrix after the other.
 *
 * @param contiguous the axis of neighbors in memory: k for A as it is, mn, its columns, for B
 * @param isOfVectors whether the buffer is of vectors of four, which lines have to be multiples of
 */
export function operandInMemory(
  letter: 'A' | 'B',
  buffer: string,
  contiguous: Operand['contiguous'],
  isOfVectors: boolean,
): Operand {
  const outers = letter === 'A' ? 'uniforms.rows' : 'uniforms.columns';
  const [line, lines, index, length] =
    contiguous === 'k'
      ? ['outer', outers, 'depth', 'uniforms.depth']
      : ['depth', 'uniforms.depth', 'outer', outers];
  const start = `((matrix * ${lines} + ${line}) * ${length} + ${index})`;
  const scalar = (k: number) =>
    `if (${index} + ${k}u < ${length}) { values[${k}] = load_${buffer}(${start} + ${k}u); }`;
  const body = isOfVectors
    ? `if (${line} < ${lines} && ${index} < ${length}) { return load_${buffer}(${start} / 4u); }
  return vec4<f32>();`
    : `var values = vec4<f32>();
  if (${line} < ${lines}) { ${[0, 1, 2, 3].map(scalar).join(' ')} }
  return values;`;
  return { contiguous, reader: `fn read${letter}(outer: u32, depth: u32) -> vec4<f32> {\n  ${body}\n}` };
}
