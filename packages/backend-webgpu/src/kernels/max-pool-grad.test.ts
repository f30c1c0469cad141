import { expectClose } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, it } from 'vitest';
import { normals, runKernel, startWebgpu } from '../../test/webgpu';

const available = await startWebgpu();

describe.runIf(available)('the gradient of max-pooling', () => {
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  for (const [shape, filterSize, strides, pad] of [
    [[2, 6, 6, 4], 2, 2, 'valid'],
    [[2, 7, 5, 3], 2, 2, 'valid'],
    [[1, 7, 7, 1], 3, 2, 'same'],
    [[2, 5, 6, 5], 3, 1, 'same'],
    [[3, 3, 3, 8], 3, 3, 'valid'],
    [[1, 4, 4, 2], 1, 2, 'valid'],
    [[1, 9, 9, 2], 5, 3, 'same'],
  ] as [[number, number, number, number], number, number, 'valid' | 'same'][]) {
    it(`[${shape}], windows of ${filterSize}, strides of ${strides}, ${pad}`, async () => {
      const info = tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad);
      // Few values, so that many are equal.
      const x = normals(tf.util.sizeFromShape(shape), 1).map((v) => Math.round(v));
      const dy = normals(tf.util.sizeFromShape(info.outShape), 2);
      const [want, y] = [new Float64Array(x.length), new Float32Array(dy.length)];
      for (let o = 0; o < dy.length; o++) {
        const c = o % info.outChannels;
        const ox = Math.floor(o / info.outChannels) % info.outWidth;
        const oy = Math.floor(o / info.outChannels / info.outWidth) % info.outHeight;
        const b = Math.floor(o / info.outChannels / info.outWidth / info.outHeight);
        let [top, at] = [-Infinity, -1];
        for (let k = 0; k < filterSize ** 2; k++) {
          const iy = oy * strides - info.padInfo.top + Math.floor(k / filterSize);
          const ix = ox * strides - info.padInfo.left + (k % filterSize);
          if (iy < 0 || ix < 0 || iy >= info.inHeight || ix >= info.inWidth) continue;
          const i = ((b * info.inHeight + iy) * info.inWidth + ix) * info.inChannels + c;
          if (x[i]! > top) [top, at] = [x[i]!, i];
        }
        want[at]! += dy[o]!;
        y[o] = top;
      }
      const given = {
        dy: tf.tensor(dy, info.outShape),
        input: tf.tensor(x, shape),
        output: tf.tensor(y, info.outShape),
      };
      const [dx] = runKernel(tf.MaxPoolGrad, given, { filterSize, strides, pad });
      await expectClose(dx!, want, { absolute: 1e-6 });
    });
  }
});
