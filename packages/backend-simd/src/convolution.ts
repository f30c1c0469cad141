import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { SimdBackend } from './backend';
import type { ConvInfo } from './conv-info';
import { type Epilogue, linear } from './epilogue';
import { forwardGeometry, type Geometry, phaseGeometry, phases, withGeometry } from './geometry';
import { NULL } from './pointer';
import {
  canUseWinograd,
  winogradConvolution,
  winogradFilterGradient,
  winogradInputGradient,
} from './winograd';

const BLOCK_ROWS = 64;
const BLOCK_COLUMNS = 256;
/** The minimum number of multiply-adds of a task, about 0.1 ms of work. */
const TASK_WORK = 1 << 21;

/** The strides, in elements, for reading a filter [height, width, inChannels, outChannels] when it is packed. */
interface FilterStrides {
  tap: number;
  inner: number;
  column: number;
}

/** y = activation(x * filter + bias), with x [batch, height, width, inChannels] in float32. */
export function convolution(
  backend: SimdBackend,
  x: TensorInfo,
  filter: TensorInfo,
  info: ConvInfo,
  bias?: TensorInfo,
  epilogue: Epilogue = linear,
): TensorInfo {
  if (canUseWinograd(backend, info)) return winogradConvolution(backend, x, filter, info, bias, epilogue);
  const out = backend.output(info.outShape);
  const { inChannels, outChannels } = info;
  const strides = { tap: inChannels * outChannels, inner: outChannels, column: 1 };
  convolve(backend, forwardGeometry(info), strides, x, filter, out, info.batchSize, bias, epilogue);
  return out;
}

/**
 * The gradient of a convolution for its input: a convolution of dy with the rotated filter. With a stride, there are stride² phases
 * of input pixels, each with a different subset of the taps.
 */
export function convolutionInputGradient(
  backend: SimdBackend,
  dy: TensorInfo,
  filter: TensorInfo,
  info: ConvInfo,
): TensorInfo {
  if (canUseWinograd(backend, info)) return winogradInputGradient(backend, dy, filter, info);
  const out = backend.output(info.inShape);
  const { inChannels, outChannels } = info;
  const strides = { tap: inChannels * outChannels, inner: 1, column: outChannels };
  for (const [y, x] of phases(info)) {
    convolve(backend, phaseGeometry(info, y, x), strides, dy, filter, out, info.batchSize);
  }
  return out;
}

/** The gradient of a convolution for its filter, [filterHeight, filterWidth, inChannels, outChannels]. */
export function convolutionFilterGradient(
  backend: SimdBackend,
  x: TensorInfo,
  dy: TensorInfo,
  info: ConvInfo,
): TensorInfo {
  if (canUseWinograd(backend, info)) return winogradFilterGradient(backend, x, dy, info);
  const { inChannels, outChannels, batchSize, outHeight, outWidth } = info;
  const geometry = forwardGeometry(info);
  const taps = geometry.taps.length;
  const pixels = batchSize * outHeight * outWidth;
  const panels = taps * Math.ceil(inChannels / 4);
  const { panel } = backend.runtime;
  const padded = Math.ceil(outChannels / panel) * panel;
  const columnBlocks = Math.ceil(outChannels / 128);
  // A group of panels by 128 columns stays in the second-level cache. The split depends only on shapes, not on the number of
  // threads, so that the sums are always the same.
  const group = Math.min(panels, 128);
  const blocks = Math.ceil(panels / group) * columnBlocks;
  const splits = Math.max(1, Math.min(Math.ceil(32 / blocks), Math.floor(pixels / 512)));

  const out = backend.output([info.filterHeight, info.filterWidth, inChannels, outChannels]);
  const partialBytes = splits * panels * 4 * padded * 4;
  const partial = backend.temporary(partialBytes);
  withGeometry(backend, geometry, (pointer) => {
    const work = (Math.min(group, panels) * 4 * Math.min(padded, 128) * pixels) / splits;
    const grain = Math.max(1, Math.floor(TASK_WORK / work));
    const images = [backend.pointer(x), backend.pointer(dy)] as const;
    backend.parallel(
      'convolveFilter',
      [pointer, ...images, partial, pixels, splits, group],
      splits * blocks,
      grain,
    );
  });
  const rowGrain = Math.max(1, Math.ceil(65536 / (splits * padded)));
  backend.parallel(
    'reduceFilter',
    [partial, backend.pointer(out), inChannels, taps, outChannels, splits],
    taps * inChannels,
    rowGrain,
  );
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
  epilogue: Epilogue = linear,
): void {
  const inner = geometry.source.channels;
  const columns = geometry.out.channels;
  const taps = geometry.taps.length;
  const { panel } = backend.runtime;
  const panels = Math.ceil(columns / panel);
  const packedBytes = Math.max(4, panels * panel * taps * inner * 4);
  const packed = backend.temporary(packedBytes);
  withGeometry(backend, geometry, (pointer, order) => {
    const packing = [backend.pointer(filter), packed, order, taps, inner, columns] as const;
    const panelGrain = Math.max(1, Math.ceil(32768 / (panel * inner * taps)));
    backend.parallel(
      'packFilter',
      [...packing, strides.tap, strides.inner, strides.column],
      panels,
      panelGrain,
    );

    const rows = images * geometry.grid.height * geometry.grid.width;
    const [blockRows, blockColumns] = blocks(rows, columns, backend.runtime.threads);
    const items = Math.ceil(rows / blockRows) * Math.ceil(columns / blockColumns);
    const work = Math.min(blockRows, rows) * Math.min(blockColumns, columns) * Math.max(1, inner * taps);
    const grain = Math.max(1, Math.floor(TASK_WORK / work));
    const operands = [pointer, backend.pointer(source), packed, backend.pointer(out)] as const;
    const ends = [bias ? backend.pointer(bias) : NULL, epilogue.code, epilogue.alpha] as const;
    backend.parallel('convolve', [...operands, rows, blockRows, blockColumns, ...ends], items, grain);
  });
  backend.release(packed, packedBytes);
}

/** Block sizes that give every thread several tasks. The result does not depend on them. */
function blocks(rows: number, columns: number, threads: number): [number, number] {
  let blockRows = BLOCK_ROWS;
  let blockColumns = BLOCK_COLUMNS;
  const items = (): number => Math.ceil(rows / blockRows) * Math.ceil(columns / blockColumns);
  while (items() < 4 * threads && blockColumns > 64 && columns > blockColumns / 2) blockColumns /= 2;
  while (items() < 4 * threads && blockRows > 16) blockRows /= 2;
  return [blockRows, blockColumns];
}
