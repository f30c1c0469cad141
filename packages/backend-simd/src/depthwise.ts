import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core';
import type { SimdBackend } from './backend';
import { type Epilogue, linear } from './epilogue';
import { forwardGeometry, type Geometry, phaseGeometry, phases, withGeometry } from './geometry';
import { NULL, type Pointer } from './pointer';

type Conv2DInfo = backend_util.Conv2DInfo;

/** The minimum number of multiply-adds of a task; these kernels are bound by memory. */
const TASK_WORK = 1 << 18;

/** y = activation(x * filter + bias), with the filter [height, width, channels, multiplier] in float32. */
export function depthwiseConvolution(
  backend: SimdBackend,
  x: TensorInfo,
  filter: TensorInfo,
  info: Conv2DInfo,
  bias?: TensorInfo,
  epilogue: Epilogue = linear,
): TensorInfo {
  const out = backend.output(info.outShape);
  const wide = widened(info);
  withRepeatedChannels(backend, x, info, (source) => {
    run(backend, forwardGeometry(wide), source, filter, backend.pointer(out), info.batchSize, bias, epilogue);
  });
  return out;
}

/** The gradient of a depthwise convolution for its input. */
export function depthwiseInputGradient(
  backend: SimdBackend,
  dy: TensorInfo,
  filter: TensorInfo,
  info: Conv2DInfo,
): TensorInfo {
  const out = backend.output(info.inShape);
  const wide = widened(info);
  const multiplier = info.outChannels / info.inChannels;
  const size = info.batchSize * info.inHeight * info.inWidth * info.inChannels;
  const target = multiplier === 1 ? backend.pointer(out) : backend.temporary(size * multiplier * 4);
  for (const [y, x] of phases(wide)) {
    run(backend, phaseGeometry(wide, y, x), backend.pointer(dy), filter, target, info.batchSize);
  }
  if (multiplier !== 1) {
    backend.parallel('addNeighbors', [target, backend.pointer(out), multiplier], size, 65536);
    backend.release(target, size * multiplier * 4);
  }
  return out;
}

/** The gradient of a depthwise convolution for its filter. */
export function depthwiseFilterGradient(
  backend: SimdBackend,
  x: TensorInfo,
  dy: TensorInfo,
  info: Conv2DInfo,
): TensorInfo {
  const out = backend.output(info.filterShape);
  const geometry = forwardGeometry(widened(info));
  const size = geometry.taps.length * info.outChannels;
  const rows = info.batchSize * info.outHeight;
  // Depends only on the shapes, so that the sums do not depend on the number of threads.
  const splits = Math.max(1, Math.min(16, Math.floor((rows * info.outWidth) / 64)));
  const partial = backend.temporary(splits * size * 4);
  withRepeatedChannels(backend, x, info, (source) => {
    withGeometry(backend, geometry, (pointer) => {
      const grain = Math.max(1, Math.floor((TASK_WORK * splits) / (rows * info.outWidth * size)));
      backend.parallel(
        'depthwiseFilter',
        [pointer, source, backend.pointer(dy), partial, rows, splits],
        splits,
        grain,
      );
    });
  });
  backend.parallel('addParts', [partial, backend.pointer(out), size, splits], size, 16384);
  backend.release(partial, splits * size * 4);
  return out;
}

function run(
  backend: SimdBackend,
  geometry: Geometry,
  source: Pointer,
  filter: TensorInfo,
  out: Pointer,
  images: number,
  bias?: TensorInfo,
  epilogue: Epilogue = linear,
): void {
  const { grid, taps } = geometry;
  const grain = Math.max(
    1,
    Math.floor(TASK_WORK / (grid.width * geometry.source.channels * Math.max(1, taps.length))),
  );
  withGeometry(backend, geometry, (pointer, order) => {
    const biasPointer = bias ? backend.pointer(bias) : NULL;
    const operands = [pointer, source, backend.pointer(filter), out, order] as const;
    backend.parallel(
      'depthwise',
      [...operands, biasPointer, epilogue.code, epilogue.alpha],
      images * grid.height,
      grain,
    );
  });
}

/** The same convolution with one output channel per input channel. */
function widened(info: Conv2DInfo): Conv2DInfo {
  return { ...info, inChannels: info.outChannels };
}

/** Repeats each channel of x once per filter; returns x if there is one filter per channel. */
function withRepeatedChannels(
  backend: SimdBackend,
  x: TensorInfo,
  info: Conv2DInfo,
  use: (x: Pointer) => void,
): void {
  const multiplier = info.outChannels / info.inChannels;
  const pointer = backend.pointer(x);
  if (multiplier === 1) {
    use(pointer);
    return;
  }
  const size = info.batchSize * info.inHeight * info.inWidth * info.inChannels;
  const repeated = backend.temporary(size * multiplier * 4);
  backend.parallel('repeatElements', [pointer, repeated, multiplier], size, 65536);
  use(repeated);
  backend.release(repeated, size * multiplier * 4);
}
