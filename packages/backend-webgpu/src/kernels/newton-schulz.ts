import type { Kernels, ListKernels } from '@tenfold/kernels';
import { type KernelConfig, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { f32, groupsFor, u32 } from '../program';
import { assertFloats } from './floats';
import { runGemm } from './gemm';
import { operandInMemory } from './operand-in-memory';

const [A, B, C] = [3.4445, -4.775, 2.0315];
const THREADS = 64;
/** Sums of squares of a matrix, each of one workgroup; the scaling adds them up. */
const MOST_SLICES = 64;
const LEAST_ELEMENTS = 4096;

/** inputs { x }, attrs { steps }: the matrix that Newton and Schulz's iteration moves toward the nearest orthogonal one. */
const newtonSchulz: KernelConfig = {
  kernelName: 'NewtonSchulz',
  backendName: 'webgpu',
  kernelFunc: ({ inputs, backend, attrs }) => {
    const { steps } = attrs as unknown as Kernels['NewtonSchulz']['attributes'];
    const { x } = inputs as { x: TensorInfo };
    return orthogonalize(backend as WebgpuBackend, 'NewtonSchulz', [x], steps)[0]!;
  },
};

/** The same for a list of matrices; those of one shape are iterated together. */
const newtonSchulzList: KernelConfig = {
  kernelName: 'NewtonSchulzList',
  backendName: 'webgpu',
  kernelFunc: ({ inputs, backend, attrs }) => {
    const { steps } = attrs as unknown as ListKernels['NewtonSchulzList'];
    const matrices = Object.values(inputs) as TensorInfo[];
    return orthogonalize(backend as WebgpuBackend, 'NewtonSchulzList', matrices, steps);
  },
};

function orthogonalize(
  backend: WebgpuBackend,
  kernelName: string,
  matrices: TensorInfo[],
  steps: number,
): TensorInfo[] {
  const groups = new Map<string, number[]>();
  for (const [i, x] of matrices.entries()) {
    assertFloats(kernelName, { x });
    if (x.shape.length !== 2) {
      throw new Error(`${kernelName}: x has shape [${x.shape}]; expected a matrix [rows, columns]`);
    }
    const shape = String(x.shape);
    groups.set(shape, [...(groups.get(shape) ?? []), i]);
  }
  const outputs: TensorInfo[] = new Array(matrices.length);
  for (const all of groups.values()) {
    for (const group of chunks(backend, matrices, all)) {
      const results = iterate(
        backend,
        group.map((i) => matrices[i]!),
        steps,
      );
      for (const [k, i] of group.entries()) outputs[i] = results[k]!;
    }
  }
  return outputs;
}

/** Groups of as many matrices as fit into one buffer. */
function chunks(backend: WebgpuBackend, matrices: TensorInfo[], places: number[]): number[][] {
  const { maxStorageBufferBindingSize, maxBufferSize } = backend.device.limits;
  const [rows, columns] = matrices[places[0]!]!.shape as [number, number];
  const bytes = 4 * Math.max(rows * columns, Math.min(rows, columns) ** 2, 1);
  const most = Math.max(1, Math.floor(Math.min(maxStorageBufferBindingSize, maxBufferSize) / bytes));
  return Array.from({ length: Math.ceil(places.length / most) }, (_, k) =>
    places.slice(k * most, (k + 1) * most),
  );
}

/**
 * X ← X/(‖X‖ + 1e-7), then `steps` times G = X·Xᵀ, P = c·G² + b·G, X ← P·X + a·X; for more rows than columns G = Xᵀ·X
 * from the right. All matrices have one shape and lie one after the other: three dispatches a step for all of them.
 */
function iterate(backend: WebgpuBackend, matrices: TensorInfo[], steps: number): TensorInfo[] {
  const [rows, columns] = matrices[0]!.shape as [number, number];
  const n = matrices.length;
  if (rows * columns === 0) {
    return matrices.map(({ shape }) => backend.makeTensorInfo(shape, 'float32', new Float32Array(0)));
  }
  const tall = rows > columns;
  const side = Math.min(rows, columns);
  const product = (
    [x, y]: [TensorInfo, TensorInfo],
    sizes: { rows: number; columns: number; depth: number },
    transposed: 'x' | 'y' | undefined,
    added?: { scale: number; factor: number; to: TensorInfo },
  ): TensorInfo => {
    const inputs: Record<string, TensorInfo> = x === y ? { x } : { x, y };
    const isOfVectors = [x, y].map(({ shape }) => shape.at(-1)! % 4 === 0) as [boolean, boolean];
    const type = (vectors: boolean) => (vectors ? 'vec4<f32>' : 'f32');
    return runGemm(backend, {
      name: `newton schulz ${Object.keys(inputs)} ${transposed} ${isOfVectors}`,
      ...sizes,
      inputs,
      types: { x: type(isOfVectors[0]), y: type(isOfVectors[1]) },
      a: operandInMemory('A', 'x', transposed === 'x' ? 'mn' : 'k', isOfVectors[0]),
      b: operandInMemory('B', x === y ? 'x' : 'y', transposed === 'y' ? 'k' : 'mn', isOfVectors[1]),
      shape: [n, sizes.rows, sizes.columns],
      batches: n,
      epilogue: added && {
        name: 'added',
        inputs: { added: added.to },
        uniforms: { scale: f32(added.scale), factor: f32(added.factor) },
        result: 'uniforms.scale * value + uniforms.factor * load_added(at)',
      },
    });
  };
  let x = normalized(backend, matrices);
  for (let i = 0; i < steps; i++) {
    const square = { rows: side, columns: side };
    const gram = product([x, x], { ...square, depth: Math.max(rows, columns) }, tall ? 'x' : 'y');
    const combined = { scale: C, factor: B, to: gram };
    const polynomial = product([gram, gram], { ...square, depth: side }, undefined, combined);
    const operands: [TensorInfo, TensorInfo] = tall ? [x, polynomial] : [polynomial, x];
    const moved = { scale: 1, factor: A, to: x };
    const next = product(operands, { rows, columns, depth: side }, undefined, moved);
    for (const { dataId } of [gram, polynomial, x]) backend.disposeData(dataId);
    x = next;
  }
  return unstacked(backend, x, matrices);
}

/** The stacked matrices, each divided by its norm. */
function normalized(backend: WebgpuBackend, matrices: TensorInfo[]): TensorInfo {
  const [rows, columns] = matrices[0]!.shape as [number, number];
  const [n, size] = [matrices.length, rows * columns];
  let stacked = matrices[0]!;
  if (n > 1) {
    stacked = backend.output([n, rows, columns]);
    for (const [k, x] of matrices.entries()) {
      backend.suballocation.copyTo({ whole: stacked, offset: 4 * size * k }, x);
    }
  }
  const slices = Math.min(MOST_SLICES, Math.ceil(size / LEAST_ELEMENTS));
  // Of each slice its largest magnitude, and the sum of squares of the values divided by it: no square overflows.
  const sums = backend.output([n, slices, 2]);
  const per = Math.ceil(size / slices);
  backend.run({
    name: 'newton schulz squares',
    inputs: { x: stacked },
    outputs: { sums },
    uniforms: { size: u32(size), slices: u32(slices), per: u32(per), count: u32(n * slices) },
    threads: THREADS,
    groups: groupsFor(n * slices),
    declarations: () => `var<workgroup> shared_: array<f32, ${THREADS}>;`,
    body: () => `
  let matrix = block / uniforms.slices;
  let begin = block % uniforms.slices * uniforms.per;
  let end = min(uniforms.size, begin + uniforms.per);
  var peak = 1.2e-38;
  if (block < uniforms.count) {
    for (var i = begin + lane; i < end; i += ${THREADS}u) { peak = max(peak, abs(load_x(matrix * uniforms.size + i))); }
  }
  shared_[lane] = peak;
  workgroupBarrier();
  for (var half = ${THREADS / 2}u; half > 0u; half /= 2u) {
    if (lane < half) { shared_[lane] = max(shared_[lane], shared_[lane + half]); }
    workgroupBarrier();
  }
  peak = min(shared_[0], 3.4e38);
  workgroupBarrier();
  var sum = 0.0;
  if (block < uniforms.count) {
    for (var i = begin + lane; i < end; i += ${THREADS}u) { let v = load_x(matrix * uniforms.size + i) / peak; sum += v * v; }
  }
  shared_[lane] = sum;
  workgroupBarrier();
  for (var half = ${THREADS / 2}u; half > 0u; half /= 2u) {
    if (lane < half) { shared_[lane] += shared_[lane + half]; }
    workgroupBarrier();
  }
  if (lane == 0u && block < uniforms.count) {
    store_sums(2u * block, peak);
    store_sums(2u * block + 1u, shared_[0]);
  }`,
  });
  const out = backend.output([n, rows, columns]);
  const count = n * size;
  backend.run({
    name: 'newton schulz scale',
    inputs: { x: stacked, sums },
    outputs: { out },
    uniforms: { size: u32(size), slices: u32(slices), count: u32(count) },
    threads: THREADS,
    groups: groupsFor(Math.ceil(count / THREADS)),
    body: () => `
  let i = block * ${THREADS}u + lane;
  if (i >= uniforms.count) { return; }
  let first = i / uniforms.size * uniforms.slices;
  var peak = 1.2e-38;
  for (var k = first; k < first + uniforms.slices; k++) { peak = max(peak, load_sums(2u * k)); }
  var sum = 0.0;
  for (var k = first; k < first + uniforms.slices; k++) {
    let ratio = load_sums(2u * k) / peak;
    sum += ratio * ratio * load_sums(2u * k + 1u);
  }
  store_out(i, load_x(i) / peak / (sqrt(sum) + 1e-7 / peak));`,
  });
  if (n > 1) backend.disposeData(stacked.dataId);
  backend.disposeData(sums.dataId);
  return out;
}

/** The matrices as separate tensors; takes the stack. */
function unstacked(backend: WebgpuBackend, x: TensorInfo, matrices: TensorInfo[]): TensorInfo[] {
  const bytes = (4 * util.sizeFromShape(x.shape)) / matrices.length;
  const isAligned = bytes % backend.device.limits.minStorageBufferOffsetAlignment === 0;
  const results = matrices.map(({ shape }, k) => {
    const out = backend.output(shape);
    if (isAligned) backend.suballocation.place(out, { whole: x, offset: bytes * k });
    else backend.suballocation.copyFrom({ whole: x, offset: bytes * k }, out);
    return out;
  });
  backend.disposeData(x.dataId);
  return results;
}

/** Newton and Schulz's iteration, for one matrix and for many. */
export const newtonSchulzKernels: KernelConfig[] = [newtonSchulz, newtonSchulzList];
