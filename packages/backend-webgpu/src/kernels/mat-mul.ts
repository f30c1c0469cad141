import * as tf from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { fallback } from '../fallback';
import { gemmFits, type Operand, runGemm } from './gemm';

interface Products {
  a: tf.TensorInfo;
  b: tf.TensorInfo;
  bias?: tf.TensorInfo;
}

/** a·b of two matrices, or of several rows of matrices with one; products of many small matrices go to tfjs's kernel. */
function product(
  backend: WebgpuBackend,
  { a, b, bias }: Products,
  { transposeA, transposeB }: tf.BatchMatMulAttrs,
): tf.TensorInfo | undefined {
  const [aBatch, bBatch] = [batchOf(a), batchOf(b)];
  // Matrices that share the right operand are one tall matrix.
  if (bBatch !== 1 || (aBatch !== 1 && transposeA)) return undefined;
  const [m, k] = transposeA ? [a.shape.at(-1)!, a.shape.at(-2)!] : [a.shape.at(-2)!, a.shape.at(-1)!];
  const [inner, n] = transposeB ? [b.shape.at(-1)!, b.shape.at(-2)!] : [b.shape.at(-2)!, b.shape.at(-1)!];
  const size = { rows: aBatch * m, columns: n, depth: k };
  const given = bias ? [a, b, bias] : [a, b];
  if (
    inner !== k ||
    size.rows * n * k === 0 ||
    !gemmFits(size) ||
    given.some(({ dtype }) => dtype !== 'float32') ||
    (bias && tf.util.sizeFromShape(bias.shape) !== n) ||
    backend.shouldExecuteOnCPU(given)
  ) {
    return undefined;
  }
  const [aAcross, bAcross] = [a.shape.at(-1)!, b.shape.at(-1)!];
  const [aVectors, bVectors] = [aAcross % 4 === 0, bAcross % 4 === 0];
  const along = (transposed: boolean | undefined, straight: Operand['along']): Operand['along'] =>
    transposed ? (straight === 'depth' ? 'outer' : 'depth') : straight;
  const [alongA, alongB] = [along(transposeA, 'depth'), along(transposeB, 'outer')];
  const batches = new Array(Math.max(a.shape.length, b.shape.length) - 2).fill(1);
  const leading = a.shape.slice(0, -2);
  const shape = [...batches.slice(leading.length), ...leading, m, n];
  return runGemm(backend, {
    name: `product ${alongA} ${aVectors} ${alongB} ${bVectors}`,
    ...size,
    inputs: { a, b },
    types: { a: aVectors ? 'vec4<f32>' : 'f32', b: bVectors ? 'vec4<f32>' : 'f32' },
    a: operand('A', alongA, aVectors),
    b: operand('B', alongB, bVectors),
    bias,
    shape,
  });
}

/** A matrix in memory: its rows are lines of the index that is not read along. */
export function operand(letter: 'A' | 'B', along: Operand['along'], vectors: boolean): Operand {
  const outers = letter === 'A' ? 'uniforms.rows' : 'uniforms.columns';
  const buffer = letter.toLowerCase();
  const [line, lines, across, length] =
    along === 'depth'
      ? ['outer', outers, 'depth', 'uniforms.depth']
      : ['depth', 'uniforms.depth', 'outer', outers];
  const scalar = (k: number) =>
    `if (${across} + ${k}u < ${length}) { values[${k}] = ${buffer}[${line} * ${length} + ${across} + ${k}u]; }`;
  const body = vectors
    ? `if (${line} < ${lines} && ${across} < ${length}) { return ${buffer}[(${line} * ${length} + ${across}) / 4u]; }
  return vec4<f32>();`
    : `var values = vec4<f32>();
  if (${line} < ${lines}) { ${[0, 1, 2, 3].map(scalar).join(' ')} }
  return values;`;
  return { along, reader: `fn read${letter}(outer: u32, depth: u32) -> vec4<f32> {\n  ${body}\n}` };
}

const batchOf = ({ shape }: tf.TensorInfo): number => tf.util.sizeFromShape(shape.slice(0, -2));

const batchMatMul: tf.KernelConfig = {
  kernelName: tf.BatchMatMul,
  backendName: 'webgpu',
  kernelFunc: (call) =>
    product(
      call.backend as WebgpuBackend,
      call.inputs as unknown as Products,
      call.attrs as unknown as tf.BatchMatMulAttrs,
    ) ?? fallback(tf.BatchMatMul)(call),
};

/** With a bias; with an activation it is tfjs's. */
const fusedMatMul: tf.KernelConfig = {
  kernelName: tf._FusedMatMul,
  backendName: 'webgpu',
  kernelFunc: (call) => {
    const { activation = 'linear', ...attrs } = call.attrs as unknown as tf._FusedMatMulAttrs;
    const own =
      activation === 'linear'
        ? product(call.backend as WebgpuBackend, call.inputs as unknown as Products, attrs)
        : undefined;
    return own ?? fallback(tf._FusedMatMul)(call);
  },
};

/** Matrix products in tiles, the sum split among workgroups where the result is small. */
export const matMulKernels: tf.KernelConfig[] = [batchMatMul, fusedMatMul];
