import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core';
import type { SimdBackend } from './backend';
import type { ConvInfo } from './conv-info';
import { type Epilogue, linear } from './epilogue';
import { advance, NULL } from './pointer';

type Conv2DInfo = backend_util.Conv2DInfo;

/** The number of floats of the transformed tiles and products in the workspace of a thread: most of a second-level cache. */
const WORKSPACE = 192 * 1024;
/** The number of tiles that the filter gradient sums at a time, so that a panel stays in the first-level cache. */
const CHUNK_TILES = 128;
/** The size of a cache line in bytes. Panels are padded by it, because otherwise all of them would map to the same cache lines. */
const LINE = 64;
/** The minimum number of tiles for which the transform of the filter pays off. */
const FEWEST_TILES = 24;

/** The Shape in assembly/winograd.ts, and the strides of the filter. */
interface Plan {
  images: number;
  source: [height: number, width: number, channels: number];
  out: [height: number, width: number, channels: number];
  pad: [top: number, left: number];
  filter: { tap: number; inner: number; column: number; turned: boolean };
}

/**
 * Whether Winograd's algorithm is allowed and possible for a convolution, and faster than the direct one, both for x and for the
 * gradient.
 */
export function canUseWinograd({ runtime }: SimdBackend, info: ConvInfo): boolean {
  const tiles = info.batchSize * Math.ceil(info.outHeight / 4) * Math.ceil(info.outWidth / 4);
  return (
    runtime.winograd &&
    info.winograd !== false &&
    [info.filterHeight, info.filterWidth].every((size) => size === 3) &&
    [info.strideHeight, info.strideWidth, info.dilationHeight, info.dilationWidth].every(
      (size) => size === 1,
    ) &&
    [info.inChannels, info.outChannels].every((channels) => channels >= 16 && channels % 4 === 0) &&
    [info.padInfo.top, info.padInfo.left].every((pad) => pad <= 2) &&
    tiles >= FEWEST_TILES
  );
}

/** y = activation(x * filter + bias), if {@link canUseWinograd}. */
export function winogradConvolution(
  backend: SimdBackend,
  x: TensorInfo,
  filter: TensorInfo,
  info: Conv2DInfo,
  bias?: TensorInfo,
  epilogue: Epilogue = linear,
): TensorInfo {
  const { inChannels, outChannels, padInfo } = info;
  const plan: Plan = {
    images: info.batchSize,
    source: [info.inHeight, info.inWidth, inChannels],
    out: [info.outHeight, info.outWidth, outChannels],
    pad: [padInfo.top, padInfo.left],
    filter: { tap: inChannels * outChannels, inner: outChannels, column: 1, turned: false },
  };
  return run(backend, plan, x, filter, backend.output(info.outShape), bias, epilogue);
}

/** The gradient for the input: the convolution of dy with the rotated filter, with its channels swapped. */
export function winogradInputGradient(
  backend: SimdBackend,
  dy: TensorInfo,
  filter: TensorInfo,
  info: Conv2DInfo,
): TensorInfo {
  const { inChannels, outChannels, padInfo } = info;
  const plan: Plan = {
    images: info.batchSize,
    source: [info.outHeight, info.outWidth, outChannels],
    out: [info.inHeight, info.inWidth, inChannels],
    pad: [2 - padInfo.top, 2 - padInfo.left],
    filter: { tap: inChannels * outChannels, inner: 1, column: outChannels, turned: true },
  };
  return run(backend, plan, dy, filter, backend.output(info.inShape), undefined, linear);
}

/** The gradient for the filter, if {@link canUseWinograd}. */
export function winogradFilterGradient(
  backend: SimdBackend,
  x: TensorInfo,
  dy: TensorInfo,
  info: Conv2DInfo,
): TensorInfo {
  const { inChannels, outChannels, inHeight, inWidth, outHeight, outWidth, padInfo } = info;
  const { panel } = backend.runtime;
  const panels = Math.ceil(outChannels / panel);
  const tiles = info.batchSize * Math.ceil(outHeight / 4) * Math.ceil(outWidth / 4);
  // The sums are over chunks of tiles in sequence. The split depends only on shapes, not on the number of threads, so that the sums
  // are always the same.
  const chunk = Math.min(CHUNK_TILES, Math.ceil(tiles / 4) * 4);
  const left = { panel: chunk * 16 + LINE, step: 0 };
  left.step = (left.panel * inChannels) / 4 + LINE;
  const right = { panel: chunk * panel * 4 + LINE, step: 0 };
  right.step = right.panel * panels + LINE;
  const sumStep = inChannels * panels * panel * 4 + LINE;

  const bytes = 36 * (left.step + right.step + sumStep) + 32;
  const block = backend.temporary(bytes);
  const leftAt = block;
  const rightAt = advance(leftAt, 36 * left.step);
  const sums = advance(rightAt, 36 * right.step);
  const shape = advance(sums, 36 * sumStep);
  const sizes = [inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padInfo.top, padInfo.left];
  new Int32Array(backend.runtime.memory.buffer, shape, 8).set(sizes);

  const transformed = [leftAt, left.panel, left.step, rightAt, right.panel, right.step] as const;
  const images = [shape, backend.pointer(x), backend.pointer(dy)] as const;
  const group = Math.max(4, Math.ceil(inChannels / 8) * 4);
  for (let tile = 0; tile < tiles; tile += chunk) {
    const count = Math.min(chunk, tiles - tile);
    backend.parallel('winogradTiles', [...images, tile, count, ...transformed], Math.ceil(count / 4), 1);
    const fresh = tile === 0 ? 1 : 0;
    const sizes = [count, inChannels, outChannels, group, fresh] as const;
    const items = 36 * Math.ceil(inChannels / group);
    backend.parallel('winogradProducts', [...sizes, ...transformed, sums, sumStep], items, 1);
  }
  const out = backend.output(info.filterShape);
  backend.parallel(
    'winogradFilterGradient',
    [sums, sumStep, backend.pointer(out), inChannels, outChannels],
    inChannels,
    4,
  );
  backend.release(block, bytes);
  return out;
}

function run(
  backend: SimdBackend,
  { images, source, out: outSize, pad, filter: strides }: Plan,
  x: TensorInfo,
  filter: TensorInfo,
  out: TensorInfo,
  bias: TensorInfo | undefined,
  epilogue: Epilogue,
): TensorInfo {
  const channels = source[2];
  const columns = outSize[2];
  const { panel, threads } = backend.runtime;
  const padded = Math.ceil(columns / panel) * panel;
  const tiles = images * Math.ceil(outSize[0] / 4) * Math.ceil(outSize[1] / 4);
  const fitting = Math.floor(WORKSPACE / (36 * (channels + padded)));
  const share = Math.ceil(tiles / (4 * threads));
  const blockTiles = Math.max(4, Math.floor(Math.min(fitting, share) / 4) * 4);

  const filterBytes = 36 * channels * padded * 4;
  const workspaceBytes = 36 * blockTiles * (channels + padded) * 4;
  const transformed = backend.temporary(filterBytes);
  const workspace = backend.temporary(workspaceBytes * threads);
  const shape = backend.temporary(32);
  new Int32Array(backend.runtime.memory.buffer, shape, 8).set([...source, ...outSize, ...pad]);

  const reading = [channels, columns, strides.tap, strides.inner, strides.column] as const;
  backend.parallel(
    'winogradFilter',
    [backend.pointer(filter), transformed, ...reading, strides.turned ? 1 : 0],
    padded / panel,
    1,
  );
  const operands = [shape, backend.pointer(x), transformed, backend.pointer(out), tiles, blockTiles] as const;
  const ends = [bias ? backend.pointer(bias) : NULL, epilogue.code, epilogue.alpha] as const;
  backend.parallel(
    'winograd',
    [...operands, workspace, workspaceBytes, ...ends],
    Math.ceil(tiles / blockTiles),
    1,
  );

  backend.release(shape, 32);
  backend.release(workspace, workspaceBytes * threads);
  backend.release(transformed, filterBytes);
  return out;
}
