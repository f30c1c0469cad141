import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend';

interface ResizeAttrs {
  alignCorners: boolean;
  halfPixelCenters?: boolean;
}

/**
 * inputs { images, dy }: adds each dy to the pixel that ResizeNearestNeighbor copied. (tfjs's CPU kernel is correct only for one
 * image with one channel.)
 */
export const resizeNearestNeighborGrad: KernelConfig = {
  kernelName: tf.ResizeNearestNeighborGrad,
  backendName: 'simd',
  kernelFunc: ({ inputs, backend, attrs }) => {
    const simd = backend as SimdBackend;
    const { images, dy } = inputs as { images: TensorInfo; dy: TensorInfo };
    const resize = attrs as unknown as ResizeAttrs;
    const [batch, height, width, channels] = images.shape as [number, number, number, number];
    const rows = sources(height, dy.shape[1]!, resize);
    const columns = sources(width, dy.shape[2]!, resize);
    const gradients = simd.data.get(dy.dataId).values as Float32Array;
    const dx = new Float32Array(tf.util.sizeFromShape(images.shape));
    let from = 0;
    for (let b = 0; b < batch; b++) {
      for (const row of rows) {
        for (const column of columns) {
          const to = ((b * height + row) * width + column) * channels;
          for (let c = 0; c < channels; c++) dx[to + c]! += gradients[from++]!;
        }
      }
    }
    return simd.makeTensorInfo(images.shape, 'float32', dx);
  },
};

/** For each output row, the input row from which it was copied. */
function sources(input: number, output: number, { alignCorners, halfPixelCenters }: ResizeAttrs): number[] {
  const corners = alignCorners && output > 1;
  const ratio = (corners ? input - 1 : input) / (corners ? output - 1 : output);
  return Array.from({ length: output }, (_, i) => {
    const exact = ratio * (halfPixelCenters ? i + 0.5 : i);
    return Math.max(0, Math.min(input - 1, alignCorners ? Math.round(exact) : Math.floor(exact)));
  });
}
