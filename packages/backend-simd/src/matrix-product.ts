import { broadcast_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { Arguments } from './arguments';
import type { SimdBackend } from './backend';
import { type Epilogue, linear } from './epilogue';
import { NULL, type Pointer } from './pointer';

const BLOCK_ROWS = 64;
const BLOCK_COLUMNS = 256;
/** The minimum number of multiply-adds of a task, about 0.1 ms of work. */
const TASK_WORK = 1 << 21;
/** The same for a single row, which is bound by memory, and the number of columns of an item; see assembly/row-product.ts. */
const ROW_WORK = 1 << 18;
const STRIP = 128;

export interface MatrixProduct {
  a: TensorInfo;
  b: TensorInfo;
  transposeA: boolean;
  transposeB: boolean;
  bias?: TensorInfo;
  epilogue?: Epilogue;
}

/** The shapes of a product for the kernels. */
interface Plan {
  m: number;
  k: number;
  n: number;
  outer: number[];
  batchesA: number;
  batchesB: number;
  batches: number;
}

/**
 * activation(op(A) op(B) + bias) over the last two axes, with the others broadcast, in float32.
 *
 * @returns undefined if the inner dimension is empty, so that the CPU kernel must fill in zeros.
 * @throws when the inner dimensions differ.
 */
export function matrixProduct(backend: SimdBackend, product: MatrixProduct): TensorInfo | undefined {
  const { a, b, transposeA, transposeB, bias, epilogue = linear } = product;
  const plan = planProduct(product);
  const { m, k, n, outer, batchesA, batchesB, batches } = plan;
  if (k === 0) return undefined;
  const out = backend.output([...outer, m, n]);
  if (batches * m * n === 0) return out;

  const pa = backend.pointer(a);
  const pb = backend.pointer(b);
  const pc = backend.pointer(out);
  const ends = [bias ? backend.pointer(bias) : NULL, epilogue.code, epilogue.alpha] as const;
  if (m === 1 && batches === 1) {
    rowProduct(backend, [pa, pb, pc, k, n, ...ends], transposeB);
    return out;
  }
  const { panel } = backend.runtime;
  const panels = Math.ceil(n / panel);
  const packedBytes = batchesB * panels * panel * k * 4;
  const packed = backend.temporary(packedBytes);
  const [kStride, columnStride] = transposeB ? ([1, k] as const) : ([n, 1] as const);
  const panelGrain = Math.max(1, Math.ceil(32768 / (panel * k)));
  backend.parallel('packB', [pb, packed, k, n, kStride, columnStride, k * n], batchesB * panels, panelGrain);

  const tableBytes = batches * 8;
  const table =
    batchesA === batches && batchesB === batches ? NULL : writeTable(backend, plan, a, b, tableBytes);
  const { rows, columns } = blocks(m, n, k, batches, backend.runtime.threads);
  const items = batches * Math.ceil(m / rows) * Math.ceil(n / columns);
  const grain = Math.max(1, Math.floor(TASK_WORK / (Math.min(rows, m) * Math.min(columns, n) * k)));
  const [rowStride, aStride] = transposeA ? ([1, m] as const) : ([k, 1] as const);
  const operands = [pa, packed, pc, table, m, k, n, rowStride, aStride, m * k] as const;
  backend.parallel('gemm', [...operands, rows, columns, ...ends], items, grain);

  if (table) backend.release(table, tableBytes);
  backend.release(packed, packedBytes);
  return out;
}

// For a single row, B is read once, so packing it would cost more than the product.
function rowProduct(backend: SimdBackend, values: Arguments<'rowProduct'>, transposeB: boolean): void {
  const [, , , k, n] = values;
  if (transposeB) {
    backend.parallel('rowProductTransposed', values, n, Math.max(1, Math.ceil(ROW_WORK / k)));
  } else {
    const strips = Math.ceil(n / STRIP);
    backend.parallel('rowProduct', values, strips, Math.max(1, Math.ceil(ROW_WORK / (STRIP * k))));
  }
}

function planProduct({ a, b, transposeA, transposeB }: MatrixProduct): Plan {
  util.assert(
    a.shape.length >= 2 && b.shape.length >= 2,
    () =>
      `Error in matMul: expected tensors of rank 2 or more, but got shapes [${a.shape}] and [${b.shape}].`,
  );
  const [aRows, aColumns] = a.shape.slice(-2) as [number, number];
  const [bRows, bColumns] = b.shape.slice(-2) as [number, number];
  const [m, k] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const [inner, n] = transposeB ? [bColumns, bRows] : [bRows, bColumns];
  // tfjs's operation does not compare the inner dimensions. This is the message of tfjs's kernel.
  util.assert(
    k === inner,
    () =>
      `Error in matMul: inner shapes (${k}) and (${inner}) of Tensors with shapes ${a.shape} and ${b.shape} ` +
      `and transposeA=${transposeA} and transposeB=${transposeB} must match.`,
  );
  const outerA = a.shape.slice(0, -2);
  const outerB = b.shape.slice(0, -2);
  const outer = broadcast_util.assertAndGetBroadcastShape(outerA, outerB);
  const [batchesA, batchesB, batches] = [outerA, outerB, outer].map(util.sizeFromShape) as [
    number,
    number,
    number,
  ];
  return { m, k, n, outer, batchesA, batchesB, batches };
}

/** Block sizes that give every thread several tasks. The result does not depend on them. */
function blocks(
  m: number,
  n: number,
  k: number,
  batches: number,
  threads: number,
): { rows: number; columns: number } {
  let rows = BLOCK_ROWS;
  let columns = BLOCK_COLUMNS;
  if (m * n * k * batches > 2 * TASK_WORK) {
    const items = (): number => batches * Math.ceil(m / rows) * Math.ceil(n / columns);
    while (items() < 4 * threads && columns > 64 && n > columns / 2) columns /= 2;
    while (items() < 4 * threads && rows > 16) rows /= 2;
  }
  return { rows, columns };
}

/** Writes the table of the matrices of A and B for each batch of the result. */
function writeTable(
  backend: SimdBackend,
  { outer, batches }: Plan,
  a: TensorInfo,
  b: TensorInfo,
  bytes: number,
): Pointer {
  const pointer = backend.temporary(bytes);
  const table = new Int32Array(backend.runtime.memory.buffer, pointer, batches * 2);
  const stridesA = broadcastStrides(a.shape.slice(0, -2), outer);
  const stridesB = broadcastStrides(b.shape.slice(0, -2), outer);
  for (let batch = 0; batch < batches; batch++) {
    let rest = batch;
    let indexA = 0;
    let indexB = 0;
    for (let axis = outer.length - 1; axis >= 0; axis--) {
      const at = rest % outer[axis]!;
      rest = (rest - at) / outer[axis]!;
      indexA += at * stridesA[axis]!;
      indexB += at * stridesB[axis]!;
    }
    table[2 * batch] = indexA;
    table[2 * batch + 1] = indexB;
  }
  return pointer;
}

/** Strides of `shape` broadcast to `outer`: zero along the broadcast axes. */
function broadcastStrides(shape: number[], outer: number[]): number[] {
  const strides = new Array<number>(outer.length).fill(0);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis]!;
    if (size !== 1) strides[axis + outer.length - shape.length] = stride;
    stride *= size;
  }
  return strides;
}
