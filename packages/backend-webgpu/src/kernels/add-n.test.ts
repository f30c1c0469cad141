import { expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { leastDevice, startWebgpu } from '../../test/webgpu';
import type { WebgpuBackend } from '../backend';

const available = await startWebgpu();

describe.runIf(available)('addN', () => {
  for (const count of [1, 2, 7, 8, 14, 40]) {
    it(`adds up ${count} tensors on a device that binds eight`, async () => {
      await leastDevice();
      expect((tf.backend() as WebgpuBackend).device.limits.maxStorageBuffersPerShaderStage).toBeLessThan(14);
      await expectNoLeaks(async () => {
        const terms = Array.from({ length: count }, (_, i) => tf.tensor1d([2 ** (i % 20), 1, i]));
        const y = tf.addN(terms);
        const places = terms.map((_, i) => i);
        const want = [(i: number) => 2 ** (i % 20), () => 1, (i: number) => i].map((of) =>
          places.reduce((sum, i) => sum + of(i), 0),
        );
        expect(Array.from(await y.data())).toEqual(want);
        return [y, ...terms];
      });
    });
  }
});
