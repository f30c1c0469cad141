import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core';
import { type Ending, linear } from './activation';
import type { SimdBackend } from './backend';

type Conv2DInfo = backend_util.Conv2DInfo;

/** Floats of the transformed tiles and their products that a thread works on at a time: most of a second-level cache. */
const WORKSPACE = 192 * 1024;
/** Floats of the sums that a task of the gradient for the filter adds to. */
const GROUP_SUMS = 144 * 1024;
/** Fewer tiles than this do not pay for the transform of the filter. */
const FEWEST_TILES = 24;

/** What assembly/winograd.ts reads as its Shape, and how to read the filter. */
interface Plan {
  images: number;
  source: [height: number, width: number, channels: number];
  out: [height: number, width: number, channels: number];
  pad: [top: number, left: number];
  filter: { tap: number; inner: number; column: number; turned: boolean };
}

/** Whether Winograd's algorithm takes a convolution and is faster than the direct one, for x and for the gradient alike. */
export function takesWinograd(info: Conv2DInfo): boolean {
  const tiles = info.batchSize * Math.ceil(info.outHeight / 4) * Math.ceil(info.outWidth / 4);
  return (
    [info.filterHeight, info.filterWidth].every((size) => size === 3) &&
    [info.strideHeight, info.strideWidth, info.dilationHeight, info.dilationWidth].every(
      (size) => size === 1,
    ) &&
    [info.inChannels, info.outChannels].every((channels) => channels >= 16 && channels % 4 === 0) &&
    [info.padInfo.top, info.padInfo.left].every((pad) => pad <= 2) &&
    tiles >= FEWEST_TILES
  );
}

/** y = activation(x * filter + bias) for a convolution that {@link takesWinograd}. */
export function winogradConvolution(
  backend: SimdBackend,
  x: TensorInfo,
  filter: TensorInfo,
  info: Conv2DInfo,
  bias?: TensorInfo,
  ending: Ending = linear,
): TensorInfo {
  const { inChannels, outChannels, padInfo } = info;
  const plan: Plan = {
    images: info.batchSize,
    source: [info.inHeight, info.inWidth, inChannels],
    out: [info.outHeight, info.outWidth, outChannels],
    pad: [padInfo.top, padInfo.left],
    filter: { tap: inChannels * outChannels, inner: outChannels, column: 1, turned: false },
  };
  return run(backend, plan, x, filter, backend.output(info.outShape), bias, ending);
}

/** The gradient for the input: the convolution of dy with the filter turned round and its channels exchanged. */
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

/** The gradient for the filter of a convolution that {@link takesWinograd}. */
export function winogradFilterGradient(
  backend: SimdBackend,
  x: TensorInfo,
  dy: TensorInfo,
  info: Conv2DInfo,
): TensorInfo {
  const { inChannels, outChannels, inHeight, inWidth, outHeight, outWidth, padInfo } = info;
  const { panel, threads } = backend.runtime;
  const padded = Math.ceil(outChannels / panel) * panel;
  const tiles = info.batchSize * Math.ceil(outHeight / 4) * Math.ceil(outWidth / 4);
  // Sums of a group, and a block of tiles beside them, stay in the second-level cache. All of this depends on shapes
  // alone, never on the number of threads, so that the sums come out the same everywhere.
  const group = Math.min(inChannels, Math.max(8, Math.floor(GROUP_SUMS / (36 * padded * 4)) * 4));
  const groups = Math.ceil(inChannels / group);
  const blockTiles = Math.max(16, Math.floor(WORKSPACE / (36 * (group + padded))));
  const splits = Math.max(1, Math.min(Math.ceil(16 / groups), Math.floor(tiles / 64)));

  const partialBytes = splits * 36 * inChannels * padded * 4;
  const workspaceBytes = 36 * blockTiles * (group + padded) * 4;
  const partial = backend.temporary(partialBytes);
  const workspace = backend.temporary(workspaceBytes * threads);
  const shape = backend.temporary(32);
  const sizes = [inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padInfo.top, padInfo.left];
  new Int32Array(backend.runtime.memory.buffer, shape, 8).set(sizes);

  const operands = [shape, backend.pointer(x), backend.pointer(dy), partial];
  const blocking = [tiles, blockTiles, group, splits, workspace, workspaceBytes];
  backend.parallel('winogradProducts', [...operands, ...blocking], splits * groups, 1);
  const out = backend.output(info.filterShape);
  const reducing = [partial, backend.pointer(out), inChannels, outChannels, splits];
  backend.parallel('winogradFilterGradient', reducing, inChannels, 4);

  backend.release(shape, 32);
  backend.release(workspace, workspaceBytes * threads);
  backend.release(partial, partialBytes);
  return out;
}

function run(
  backend: SimdBackend,
  { images, source, out: outSize, pad, filter: strides }: Plan,
  x: TensorInfo,
  filter: TensorInfo,
  out: TensorInfo,
  bias: TensorInfo | undefined,
  ending: Ending,
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

  const reading = [channels, columns, strides.tap, strides.inner, strides.column, strides.turned ? 1 : 0];
  backend.parallel('winogradFilter', [backend.pointer(filter), transformed, ...reading], padded / panel, 1);
  const operands = [shape, backend.pointer(x), transformed, backend.pointer(out)];
  const ends = [bias ? backend.pointer(bias) : 0, ending.code, ending.alpha];
  const values = [...operands, tiles, blockTiles, workspace, workspaceBytes, ...ends];
  backend.parallel('winograd', values, Math.ceil(tiles / blockTiles), 1);

  backend.release(shape, 32);
  backend.release(workspace, workspaceBytes * threads);
  backend.release(transformed, filterBytes);
  return out;
}
