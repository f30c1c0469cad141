import { type KernelConfig, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend';
import { matrixProduct } from '../matrix-product';
import { floats } from './floats';
import { grainOf } from './grain';

const [A, B, C] = [3.4445, -4.775, 2.0315];

/** inputs { x }, attrs { steps }: the matrix that Newton and Schulz's iteration moves towards the nearest orthogonal one. */
export const newtonSchulz: KernelConfig = {
  kernelName: 'NewtonSchulz',
  backendName: 'simd',
  kernelFunc: ({ inputs, backend, attrs }) => {
    const simd = backend as SimdBackend;
    const { x } = inputs as { x: TensorInfo };
    const { steps } = attrs as unknown as { steps: number };
    floats(simd, 'NewtonSchulz', { x });
    const [rows, columns] = x.shape as [number, number];
    if (x.shape.length !== 2) {
      throw new Error(`NewtonSchulz: x has shape [${x.shape}]; expected a matrix [rows, columns]`);
    }
    if (rows * columns === 0) return simd.output(x.shape);
    const tall = rows > columns;
    let y = combine(simd, x, undefined, 1 / (norm(simd, x) + 1e-7), 0);
    for (let i = 0; i < steps; i++) {
      const gram = product(simd, y, y, tall, !tall);
      const square = product(simd, gram, gram, false, false);
      const polynomial = combine(simd, gram, square, B, C);
      const turned = tall
        ? product(simd, y, polynomial, false, false)
        : product(simd, polynomial, y, false, false);
      const next = combine(simd, y, turned, A, 1);
      for (const gone of [gram, square, polynomial, turned, y]) simd.disposeIntermediateTensorInfo(gone);
      y = next;
    }
    return y;
  },
};

const product = (simd: SimdBackend, a: TensorInfo, b: TensorInfo, transposeA: boolean, transposeB: boolean) =>
  matrixProduct(simd, { a, b, transposeA, transposeB })!;

/** a·x + b·y, or a·x without y. */
function combine(
  simd: SimdBackend,
  x: TensorInfo,
  y: TensorInfo | undefined,
  a: number,
  b: number,
): TensorInfo {
  const out = simd.output(x.shape);
  const size = util.sizeFromShape(x.shape);
  const values = [simd.pointer(x), y ? simd.pointer(y) : 0, simd.pointer(out), a, b];
  simd.parallel('combine', values, size, grainOf(simd, size, 2));
  return out;
}

/** The Frobenius norm, in double precision. */
function norm(simd: SimdBackend, x: TensorInfo): number {
  const values = new Float32Array(simd.runtime.memory.buffer, simd.pointer(x), util.sizeFromShape(x.shape));
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}
