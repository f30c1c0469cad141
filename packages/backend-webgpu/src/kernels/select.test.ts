import { expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { startWebgpu } from '../../test/webgpu';

const available = await startWebgpu();

describe.runIf(available)('select', () => {
  for (const shape of [
    [2, 3],
    [2, 1, 3, 1, 2],
    [1, 2, 1, 3, 1, 2],
  ]) {
    it(`chooses between tensors of ${shape.length} axes`, async () => {
      await expectNoLeaks(async () => {
        const size = tf.util.sizeFromShape(shape);
        const x = tf.tidy(() => tf.reshape(tf.neg(tf.range(1, size + 1)), shape));
        const chosen = tf.tidy(() => tf.where(tf.greater(x, -3.5), x, tf.mul(x, 10)));
        expect(chosen.shape).toEqual(shape);
        const want = Array.from({ length: size }, (_, i) => (i < 3 ? -1 : -10) * (i + 1));
        expect(Array.from(await chosen.data())).toEqual(want);
        return [x, chosen];
      });
    });
  }
});
