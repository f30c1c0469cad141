import * as tf from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { fallback } from '../fallback';
import { activateAfter } from './activate-after';
import { createEpilogue } from './epilogue';
import { type Epilogue, gemmFits, runGemm } from './gemm';
import { inFloat32 } from './in-float32';
import { operandInMemory } from './operand-in-memory';

interface Products {
  a: tf.TensorInfo;
  b: tf.TensorInfo;
  bias?: tf.TensorInfo;
}

/** a·b of two matrices, or of a batch of matrices with one; batches of small products go to tfjs's kernel. */
function product(
  backend: WebgpuBackend,
  { a, b }: Products,
  { transposeA, transposeB }: tf.BatchMatMulAttrs,
  epilogue?: Epilogue,
): tf.TensorInfo | undefined {
  const [aBatch, bBatch] = [batchSize(a), batchSize(b)];
  // Matrices that share the right operand are one tall matrix.
  if (bBatch !== 1 || (aBatch !== 1 && transposeA)) return undefined;
  const [m, k] = transposeA ? [a.shape.at(-1)!, a.shape.at(-2)!] : [a.shape.at(-2)!, a.shape.at(-1)!];
  const [inner, n] = transposeB ? [b.shape.at(-1)!, b.shape.at(-2)!] : [b.shape.at(-2)!, b.shape.at(-1)!];
  const size = { rows: aBatch * m, columns: n, depth: k };
  const operands = [a, b, ...Object.values(epilogue?.inputs ?? {})];
  if (
    inner !== k ||
    size.rows * n * k === 0 ||
    !gemmFits(size) ||
    operands.some(({ dtype }) => dtype !== 'float32') ||
    backend.shouldExecuteOnCPU(operands)
  ) {
    return undefined;
  }
  const [aAcross, bAcross] = [a.shape.at(-1)!, b.shape.at(-1)!];
  const [aVectors, bVectors] = [aAcross % 4 === 0, bAcross % 4 === 0];
  const contiguousA = transposeA ? 'mn' : 'k';
  const contiguousB = transposeB ? 'k' : 'mn';
  const batches = new Array(Math.max(a.shape.length, b.shape.length) - 2).fill(1);
  const leading = a.shape.slice(0, -2);
  const shape = [...batches.slice(leading.length), ...leading, m, n];
  return runGemm(backend, {
    name: `product ${contiguousA} ${aVectors} ${contiguousB} ${bVectors}`,
    ...size,
    inputs: { a, b },
    types: { a: aVectors ? 'vec4<f32>' : 'f32', b: bVectors ? 'vec4<f32>' : 'f32' },
    a: operandInMemory('A', 'a', contiguousA, aVectors),
    b: operandInMemory('B', 'b', contiguousB, bVectors),
    shape,
    epilogue,
    isActivation: true,
  });
}

const batchSize = ({ shape }: tf.TensorInfo): number => tf.util.sizeFromShape(shape.slice(0, -2));

type Call = Parameters<tf.KernelConfig['kernelFunc']>[0];

/**
 * Runs a product with operands in a form that tfjs's kernel supports. That kernel binds empty buffers, which breaks the
 * backend, and broadcasts the batch of only one operand. So a product over no elements is replaced by zeros, and if both
 * batches have to be broadcast, the operands are repeated.
 */
function onWholeOperands(call: Call, run: tf.KernelConfig['kernelFunc']): ReturnType<typeof run> {
  const { a, b } = call.inputs as unknown as Products;
  const { transposeA, transposeB } = call.attrs as unknown as tf.BatchMatMulAttrs;
  const temporaries: tf.TensorInfo[] = [];
  const make = (kernelName: string, inputs: tf.NamedTensorInfoMap, attrs: object): tf.TensorInfo => {
    const { kernelFunc } = tf.getKernel(kernelName, 'webgpu')!;
    const info = kernelFunc({ inputs, backend: call.backend, attrs: attrs as tf.NamedAttrMap });
    temporaries.push(info as tf.TensorInfo);
    return info as tf.TensorInfo;
  };
  const [outerA, outerB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const outer = tf.broadcast_util.assertAndGetBroadcastShape(outerA, outerB);
  const broadcastBatch = (info: tf.TensorInfo, inner: number): tf.TensorInfo => {
    if (info.shape.at(inner) === 0) {
      const shape = info.shape.map((n, i) => (i === info.shape.length + inner ? 1 : n));
      return make(tf.Fill, {}, { shape, value: 0, dtype: info.dtype });
    }
    const batch = info.shape.slice(0, -2);
    const size = tf.util.sizeFromShape(batch);
    if (size === 1 || size === tf.util.sizeFromShape(outer)) return info;
    const shape = [...new Array<number>(outer.length - batch.length).fill(1), ...info.shape];
    const aligned = make(tf.Reshape, { x: info }, { shape });
    return make(tf.Tile, { x: aligned }, { reps: [...outer.map((n, i) => n / shape[i]!), 1, 1] });
  };
  try {
    return run({
      ...call,
      inputs: {
        ...call.inputs,
        a: broadcastBatch(a, transposeA ? -2 : -1),
        b: broadcastBatch(b, transposeB ? -1 : -2),
      },
    });
  } finally {
    for (const { dataId } of temporaries) (call.backend as WebgpuBackend).disposeData(dataId);
  }
}

const batchMatMul: tf.KernelConfig = {
  kernelName: tf.BatchMatMul,
  backendName: 'webgpu',
  kernelFunc: (call) =>
    product(
      call.backend as WebgpuBackend,
      call.inputs as unknown as Products,
      call.attrs as unknown as tf.BatchMatMulAttrs,
    ) ?? onWholeOperands(call, fallback(tf.BatchMatMul)),
};

/** activation(a·b + bias), bias one value for each column; 'prelu' comes behind it. */
const fusedMatMul: tf.KernelConfig = {
  kernelName: tf._FusedMatMul,
  backendName: 'webgpu',
  kernelFunc: (call) => {
    if (call.attrs!.activation === 'prelu') return activateAfter(call, fusedMatMul.kernelFunc);
    const { b, bias } = call.inputs as unknown as Products;
    const { activation, leakyreluAlpha, ...attrs } = call.attrs as unknown as tf._FusedMatMulAttrs;
    const epilogue = createEpilogue(
      b.shape.at(attrs.transposeB ? -2 : -1)!,
      bias,
      activation,
      leakyreluAlpha,
    );
    const result =
      epilogue && product(call.backend as WebgpuBackend, call.inputs as unknown as Products, attrs, epilogue);
    return result ?? onWholeOperands(call, fallback(tf._FusedMatMul));
  },
};

/** Matrix products in tiles, the sum split among workgroups where the result is small. */
export const matMulKernels: tf.KernelConfig[] = [batchMatMul, fusedMatMul].map(inFloat32);
