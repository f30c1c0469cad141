import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core';
import { type Ending, linear } from './activation';
import type { SimdBackend } from './backend';

type Conv2DInfo = backend_util.Conv2DInfo;

const BLOCK_ROWS = 64;
const BLOCK_COLUMNS = 256;
/** Multiply-adds that a task should have at least, about 0.1 ms of work. */
const TASK_WORK = 1 << 21;

/** What assembly/geometry.ts describes; `taps` are offsets, `order` says which tap of the filter each is. */
interface Geometry {
  source: { height: number; width: number; channels: number };
  grid: { height: number; width: number };
  step: [number, number];
  origin: [number, number];
  out: { height: number; width: number; channels: number };
  outStep: [number, number];
  outOrigin: [number, number];
  taps: [number, number][];
  order: number[];
}

/** How a filter [height, width, inChannels, outChannels] is read while it is packed; strides in elements. */
interface FilterStrides {
  tap: number;
  inner: number;
  column: number;
}

/** y = activation(x * filter + bias), x [batch, height, width, inChannels]; float32, channels last. */
export function convolution(
  backend: SimdBackend,
  x: TensorInfo,
  filter: TensorInfo,
  info: Conv2DInfo,
  bias?: TensorInfo,
  ending: Ending = linear,
): TensorInfo {
  const out = backend.output(info.outShape);
  const { inChannels, outChannels } = info;
  const strides = { tap: inChannels * outChannels, inner: outChannels, column: 1 };
  convolve(backend, forwardGeometry(info), strides, x, filter, out, info.batchSize, bias, ending);
  return out;
}

/**
 * The gradient of a convolution for its input: a convolution of dy with the filter turned round. With a stride, the
 * input pixels fall into stride² phases; each sees its own subset of the taps.
 */
export function convolutionInputGradient(
  backend: SimdBackend,
  dy: TensorInfo,
  filter: TensorInfo,
  info: Conv2DInfo,
): TensorInfo {
  const out = backend.output(info.inShape);
  const { inChannels, outChannels, strideHeight, strideWidth } = info;
  const strides = { tap: inChannels * outChannels, inner: 1, column: outChannels };
  for (let y = 0; y < Math.min(strideHeight, info.inHeight); y++) {
    for (let x = 0; x < Math.min(strideWidth, info.inWidth); x++) {
      convolve(backend, phaseGeometry(info, y, x), strides, dy, filter, out, info.batchSize);
    }
  }
  return out;
}

/** The gradient of a convolution for its filter, [filterHeight, filterWidth, inChannels, outChannels]. */
export function convolutionFilterGradient(
  backend: SimdBackend,
  x: TensorInfo,
  dy: TensorInfo,
  info: Conv2DInfo,
): TensorInfo {
  const { inChannels, outChannels, batchSize, outHeight, outWidth } = info;
  const geometry = forwardGeometry(info);
  const taps = geometry.taps.length;
  const pixels = batchSize * outHeight * outWidth;
  const panels = taps * Math.ceil(inChannels / 4);
  const padded = Math.ceil(outChannels / 8) * 8;
  const columnBlocks = Math.ceil(outChannels / 128);
  // A group of panels by 128 columns stays in the second-level cache. The split depends on shapes alone, never on the
  // number of threads, so that the sums come out the same everywhere.
  const group = Math.min(panels, 128);
  const blocks = Math.ceil(panels / group) * columnBlocks;
  const splits = Math.max(1, Math.min(Math.ceil(32 / blocks), Math.floor(pixels / 512)));

  const out = backend.output([info.filterHeight, info.filterWidth, inChannels, outChannels]);
  const partialBytes = splits * panels * 4 * padded * 4;
  const partial = backend.temporary(partialBytes);
  withGeometry(backend, geometry, (pointer) => {
    const work = (Math.min(group, panels) * 4 * Math.min(padded, 128) * pixels) / splits;
    const grain = Math.max(1, Math.floor(TASK_WORK / work));
    const values = [pointer, backend.pointer(x), backend.pointer(dy), partial, pixels, splits, group];
    backend.parallel('convolveFilter', values, splits * blocks, grain);
  });
  const rowGrain = Math.max(1, Math.ceil(65536 / (splits * padded)));
  const values = [partial, backend.pointer(out), inChannels, taps, outChannels, splits];
  backend.parallel('reduceFilter', values, taps * inChannels, rowGrain);
  backend.release(partial, partialBytes);
  return out;
}

function convolve(
  backend: SimdBackend,
  geometry: Geometry,
  strides: FilterStrides,
  source: TensorInfo,
  filter: TensorInfo,
  out: TensorInfo,
  images: number,
  bias?: TensorInfo,
  ending: Ending = linear,
): void {
  const inner = geometry.source.channels;
  const columns = geometry.out.channels;
  const taps = geometry.taps.length;
  const panels = Math.ceil(columns / 8);
  const packedBytes = Math.max(4, panels * 8 * taps * inner * 4);
  const packed = backend.temporary(packedBytes);
  withGeometry(backend, geometry, (pointer, order) => {
    const packing = [backend.pointer(filter), packed, order, taps, inner, columns];
    const panelGrain = Math.max(1, Math.ceil(32768 / (8 * inner * taps)));
    backend.parallel(
      'packFilter',
      [...packing, strides.tap, strides.inner, strides.column],
      panels,
      panelGrain,
    );

    const rows = images * geometry.grid.height * geometry.grid.width;
    const [blockRows, blockColumns] = blocks(rows, columns, backend.runtime.threads);
    const units = Math.ceil(rows / blockRows) * Math.ceil(columns / blockColumns);
    const work = Math.min(blockRows, rows) * Math.min(blockColumns, columns) * Math.max(1, inner * taps);
    const grain = Math.max(1, Math.floor(TASK_WORK / work));
    const operands = [
      pointer,
      backend.pointer(source),
      packed,
      backend.pointer(out),
      rows,
      blockRows,
      blockColumns,
    ];
    const biasPointer = bias ? backend.pointer(bias) : 0;
    backend.parallel('convolve', [...operands, biasPointer, ending.code, ending.alpha], units, grain);
  });
  backend.release(packed, packedBytes);
}

/** Block sizes that give every thread several tasks; what is computed does not depend on them. */
function blocks(rows: number, columns: number, threads: number): [number, number] {
  let blockRows = BLOCK_ROWS;
  let blockColumns = BLOCK_COLUMNS;
  const units = (): number => Math.ceil(rows / blockRows) * Math.ceil(columns / blockColumns);
  while (units() < 4 * threads && blockColumns > 64 && columns > blockColumns / 2) blockColumns /= 2;
  while (units() < 4 * threads && blockRows > 16) blockRows /= 2;
  return [blockRows, blockColumns];
}

function forwardGeometry(info: Conv2DInfo): Geometry {
  const { filterHeight, filterWidth, dilationHeight, dilationWidth } = info;
  const taps: [number, number][] = [];
  for (let y = 0; y < filterHeight; y++) {
    for (let x = 0; x < filterWidth; x++) taps.push([y * dilationHeight, x * dilationWidth]);
  }
  return {
    source: { height: info.inHeight, width: info.inWidth, channels: info.inChannels },
    grid: { height: info.outHeight, width: info.outWidth },
    step: [info.strideHeight, info.strideWidth],
    origin: [-info.padInfo.top, -info.padInfo.left],
    out: { height: info.outHeight, width: info.outWidth, channels: info.outChannels },
    outStep: [1, 1],
    outOrigin: [0, 0],
    taps,
    order: taps.map((_, i) => i),
  };
}

/** Input pixels (y + i strideHeight, x + j strideWidth), and the taps through which they reach pixels of dy. */
function phaseGeometry(info: Conv2DInfo, y: number, x: number): Geometry {
  const { strideHeight, strideWidth, dilationHeight, dilationWidth, padInfo, filterHeight, filterWidth } =
    info;
  const taps: [number, number][] = [];
  const order: number[] = [];
  for (let ky = 0; ky < filterHeight; ky++) {
    for (let kx = 0; kx < filterWidth; kx++) {
      const dy = y + padInfo.top - ky * dilationHeight;
      const dx = x + padInfo.left - kx * dilationWidth;
      if (dy % strideHeight !== 0 || dx % strideWidth !== 0) continue;
      taps.push([dy / strideHeight, dx / strideWidth]);
      order.push(ky * filterWidth + kx);
    }
  }
  return {
    source: { height: info.outHeight, width: info.outWidth, channels: info.outChannels },
    grid: {
      height: Math.ceil((info.inHeight - y) / strideHeight),
      width: Math.ceil((info.inWidth - x) / strideWidth),
    },
    step: [1, 1],
    origin: [0, 0],
    out: { height: info.inHeight, width: info.inWidth, channels: info.inChannels },
    outStep: [strideHeight, strideWidth],
    outOrigin: [y, x],
    taps,
    order,
  };
}

/** Writes a geometry and its tap order to wasm memory for the time of `use`. */
function withGeometry(
  backend: SimdBackend,
  geometry: Geometry,
  use: (pointer: number, order: number) => void,
): void {
  const { source, grid, step, origin, out, outStep, outOrigin, taps, order } = geometry;
  const fields = [
    ...[source.height, source.width, source.channels, grid.height, grid.width, ...step, ...origin],
    ...[out.height, out.width, out.channels, ...outStep, ...outOrigin, taps.length],
  ];
  const words = [...fields, ...taps.flat(), ...order];
  const pointer = backend.temporary(words.length * 4);
  new Int32Array(backend.runtime.memory.buffer, pointer, words.length).set(words);
  use(pointer, pointer + (fields.length + 2 * taps.length) * 4);
  backend.release(pointer, words.length * 4);
}
