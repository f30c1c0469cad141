import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import '../register';
import { randomTensor, runKernel, testedBackends } from '../../test/backends';
import { fallback } from '../fallback';
import { resizeNearestNeighborGrad } from './resize-nearest-neighbor-grad';

const { backend } = (await testedBackends())[0]!;
const read = ({ dataId }: tf.TensorInfo) => backend.readSync(dataId) as Float32Array;
const resize = (images: tf.TensorInfo, attrs: object) =>
  fallback(tf.ResizeNearestNeighbor)({
    inputs: { images },
    backend,
    attrs: attrs as tf.NamedAttrMap,
  }) as tf.TensorInfo;
const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, v, i) => sum + v * b[i]!, 0);

describe('ResizeNearestNeighborGrad', () => {
  for (const alignCorners of [false, true]) {
    for (const halfPixelCenters of alignCorners ? [false] : [false, true]) {
      for (const size of [
        [12, 12],
        [3, 4],
        [1, 1],
        [9, 5],
      ]) {
        it(`to [${size}], alignCorners ${alignCorners}, halfPixelCenters ${halfPixelCenters}`, () => {
          const attrs = { size, alignCorners, halfPixelCenters };
          const images = randomTensor(backend, [2, 6, 5, 4], 1);
          const dy = randomTensor(backend, [2, ...size, 4], 2);
          const dx = runKernel(resizeNearestNeighborGrad, backend, { images, dy }, attrs);
          const analytic = read(dx);
          // The resize is linear, so a difference of any step is exact.
          for (let i = 0; i < analytic.length; i += 7) {
            const unit = new Float32Array(analytic.length);
            unit[i] = 1;
            const direction = backend.makeTensorInfo(images.shape, 'float32', unit);
            expect(analytic[i]).toBeCloseTo(dot(read(resize(direction, attrs)), read(dy)), 4);
          }
        });
      }
    }
  }
});
