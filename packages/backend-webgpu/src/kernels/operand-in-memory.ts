import type { Operand } from './gemm';

/**
 * An operand that lies in memory row by row, of a batch one matrix after the other.
 *
 * @param along which index neighbors in memory share their line of: A as it is has lines along the depth, B along its
 *   columns, the outer index
 * @param isOfVectors whether the buffer is of vectors of four, which lines have to be multiples of
 */
export function operandInMemory(
  letter: 'A' | 'B',
  buffer: string,
  along: Operand['along'],
  isOfVectors: boolean,
): Operand {
  const outers = letter === 'A' ? 'uniforms.rows' : 'uniforms.columns';
  const [line, lines, across, length] =
    along === 'depth'
      ? ['outer', outers, 'depth', 'uniforms.depth']
      : ['depth', 'uniforms.depth', 'outer', outers];
  const start = `((matrix * ${lines} + ${line}) * ${length} + ${across})`;
  const scalar = (k: number) =>
    `if (${across} + ${k}u < ${length}) { values[${k}] = load_${buffer}(${start} + ${k}u); }`;
  const body = isOfVectors
    ? `if (${line} < ${lines} && ${across} < ${length}) { return load_${buffer}(${start} / 4u); }
  return vec4<f32>();`
    : `var values = vec4<f32>();
  if (${line} < ${lines}) { ${[0, 1, 2, 3].map(scalar).join(' ')} }
  return values;`;
  return { along, reader: `fn read${letter}(outer: u32, depth: u32) -> vec4<f32> {\n  ${body}\n}` };
}
