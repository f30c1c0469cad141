import * as tf from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { fallback } from '../fallback';
import { createEpilogue } from './epilogue';
import { type Epilogue, gemmFits, type Operand, runGemm } from './gemm';
import { inFloat32 } from './in-float32';
import { operandInMemory } from './operand-in-memory';

interface Products {
  a: tf.TensorInfo;
  b: tf.TensorInfo;
  bias?: tf.TensorInfo;
}

/** a·b of two matrices, or of several rows of matrices with one; products of many small matrices go to tfjs's kernel. */
function product(
  backend: WebgpuBackend,
  { a, b }: Products,
  { transposeA, transposeB }: tf.BatchMatMulAttrs,
  epilogue?: Epilogue,
): tf.TensorInfo | undefined {
  const [aBatch, bBatch] = [batchOf(a), batchOf(b)];
  // Matrices that share the right operand are one tall matrix.
  if (bBatch !== 1 || (aBatch !== 1 && transposeA)) return undefined;
  const [m, k] = transposeA ? [a.shape.at(-1)!, a.shape.at(-2)!] : [a.shape.at(-2)!, a.shape.at(-1)!];
  const [inner, n] = transposeB ? [b.shape.at(-1)!, b.shape.at(-2)!] : [b.shape.at(-2)!, b.shape.at(-1)!];
  const size = { rows: aBatch * m, columns: n, depth: k };
  const given = [a, b, ...Object.values(epilogue?.inputs ?? {})];
  if (
    inner !== k ||
    size.rows * n * k === 0 ||
    !gemmFits(size) ||
    given.some(({ dtype }) => dtype !== 'float32') ||
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
    a: operandInMemory('A', 'a', alongA, aVectors),
    b: operandInMemory('B', 'b', alongB, bVectors),
    shape,
    epilogue,
    isActivation: true,
  });
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

/** activation(a·b + bias), bias one value for each column; 'prelu' is tfjs's. */
const fusedMatMul: tf.KernelConfig = {
  kernelName: tf._FusedMatMul,
  backendName: 'webgpu',
  kernelFunc: (call) => {
    const { b, bias } = call.inputs as unknown as Products;
    const { activation, leakyreluAlpha, ...attrs } = call.attrs as unknown as tf._FusedMatMulAttrs;
    const epilogue = createEpilogue(
      b.shape.at(attrs.transposeB ? -2 : -1)!,
      bias,
      activation,
      leakyreluAlpha,
    );
    const own =
      epilogue && product(call.backend as WebgpuBackend, call.inputs as unknown as Products, attrs, epilogue);
    return own ?? fallback(tf._FusedMatMul)(call);
  },
};

/** Matrix products in tiles, the sum split among workgroups where the result is small. */
export const matMulKernels: tf.KernelConfig[] = [batchMatMul, fusedMatMul].map(inFloat32);
