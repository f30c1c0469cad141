import { expectClose, expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { randomTensor, runKernel, startWebgpu } from '../../test/webgpu';

const available = await startWebgpu();
const list = (tensors: tf.Tensor[]) => tensors as unknown as tf.NamedTensorMap;

describe.runIf(available)('NewtonSchulzList', () => {
  it('gives tensors like others, though they are slices of one buffer', async () => {
    await expectNoLeaks(async () => {
      const xs = [1, 2, 3].map((seed) => randomTensor([24, 16], seed));
      const [a, b, c] = runKernel('NewtonSchulzList', list(xs), { steps: 3 }) as [
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
      ];
      // Computed from the slices, the first of which is gone.
      const sum = tf.add(a, c);
      a.dispose();
      const [alone] = runKernel('NewtonSchulz', { x: xs[0]! }, { steps: 3 });
      const want = tf.add(alone!, c);
      await expectClose(sum, want, { absolute: 1e-6 });
      return [...xs, b, c, sum, alone!, want];
    });
  });

  it('makes nothing of nothing', () =>
    expect(runKernel('NewtonSchulzList', list([]), { steps: 3 })).toEqual([]));
});
