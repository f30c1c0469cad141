import type { Kernels, ListKernels } from '@tenfold/kernels';
import { type KernelConfig, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend';
import { matrixProduct } from '../matrix-product';
import { advance, NULL, type Pointer } from '../pointer';
import { floats } from './floats';
import { chooseGrain } from './grain';

const [A, B, C] = [3.4445, -4.775, 2.0315];

/** inputs { x }, attrs { steps }: the result of the Newton-Schulz iteration, close to the nearest orthogonal matrix. */
export const newtonSchulz: KernelConfig = {
  kernelName: 'NewtonSchulz',
  backendName: 'simd',
  kernelFunc: ({ inputs, backend, attrs }) => {
    const { steps } = attrs as unknown as Kernels['NewtonSchulz']['attributes'];
    return orthogonalize(
      backend as SimdBackend,
      'NewtonSchulz',
      [(inputs as { x: TensorInfo }).x],
      steps,
    )[0]!;
  },
};

/** The same for a list of matrices. Matrices of the same shape are iterated together. */
export const newtonSchulzList: KernelConfig = {
  kernelName: 'NewtonSchulzList',
  backendName: 'simd',
  kernelFunc: ({ inputs, backend, attrs }) => {
    const { steps } = attrs as unknown as ListKernels['NewtonSchulzList'];
    return orthogonalize(
      backend as SimdBackend,
      'NewtonSchulzList',
      Object.values(inputs) as TensorInfo[],
      steps,
    );
  },
};

function orthogonalize(
  simd: SimdBackend,
  kernelName: string,
  matrices: TensorInfo[],
  steps: number,
): TensorInfo[] {
  const outputs: TensorInfo[] = [];
  const groups = new Map<string, Pair[]>();
  for (const x of matrices) {
    floats(simd, kernelName, { x });
    if (x.shape.length !== 2) {
      throw new Error(`${kernelName}: x has shape [${x.shape}]; expected a matrix [rows, columns]`);
    }
    const out = simd.output(x.shape);
    outputs.push(out);
    const shape = String(x.shape);
    if (util.sizeFromShape(x.shape) > 0) groups.set(shape, [...(groups.get(shape) ?? []), { x, out }]);
  }
  for (const group of groups.values()) iterate(simd, group, steps);
  return outputs;
}

interface Pair {
  x: TensorInfo;
  out: TensorInfo;
}

// All matrices have the same shape; together they are [n, rows, columns].
function iterate(simd: SimdBackend, matrices: Pair[], steps: number): void {
  const [rows, columns] = matrices[0]!.x.shape as [number, number];
  const size = rows * columns;
  const tall = rows > columns;
  let y = simd.output([matrices.length, rows, columns]);
  matrices.forEach(({ x }, i) => {
    const factor = 1 / (norm(simd, x) + 1e-7);
    combine(simd, size, simd.pointer(x), NULL, advance(simd.pointer(y), 4 * size * i), factor, 0);
  });
  for (let i = 0; i < steps; i++) {
    const gram = product(simd, y, y, tall, !tall);
    const square = product(simd, gram, gram, false, false);
    const polynomial = sum(simd, gram, square, B, C);
    const turned = tall
      ? product(simd, y, polynomial, false, false)
      : product(simd, polynomial, y, false, false);
    const next = sum(simd, y, turned, A, 1);
    for (const gone of [gram, square, polynomial, turned, y]) simd.disposeIntermediateTensorInfo(gone);
    y = next;
  }
  matrices.forEach(({ out }, i) => {
    combine(simd, size, advance(simd.pointer(y), 4 * size * i), NULL, simd.pointer(out), 1, 0);
  });
  simd.disposeIntermediateTensorInfo(y);
}

const product = (simd: SimdBackend, a: TensorInfo, b: TensorInfo, transposeA: boolean, transposeB: boolean) =>
  matrixProduct(simd, { a, b, transposeA, transposeB })!;

/** a·x + b·y */
function sum(simd: SimdBackend, x: TensorInfo, y: TensorInfo, a: number, b: number): TensorInfo {
  const out = simd.output(x.shape);
  combine(simd, util.sizeFromShape(x.shape), simd.pointer(x), simd.pointer(y), simd.pointer(out), a, b);
  return out;
}

/** out = a·x + b·y, or a·x without y. */
function combine(
  simd: SimdBackend,
  size: number,
  x: Pointer,
  y: Pointer,
  out: Pointer,
  a: number,
  b: number,
): void {
  simd.parallel('combine', [x, y, out, a, b], size, chooseGrain(simd, size, 2));
}

/** The Frobenius norm, in double precision. */
function norm(simd: SimdBackend, x: TensorInfo): number {
  const values = new Float32Array(simd.runtime.memory.buffer, simd.pointer(x), util.sizeFromShape(x.shape));
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}
