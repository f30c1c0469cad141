// Training that runs out of memory, or fails in another way, and continues afterwards.
import '@tenfold/backend-simd';
import type { SimdBackend } from '@tenfold/backend-simd';
import '@tenfold/gradients';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { held } from './endure';
import { optimizers, step, tinyNetwork, training, waves } from './tiny-network';

beforeAll(() => tf.setBackend('simd'));
const backend = (): SimdBackend => tf.backend() as SimdBackend;
const MEBIBYTE = 2 ** 20;

/** Takes almost all of the 4 GiB. Nothing is written there, so it costs addresses and no memory. */
function ballast(bytesLeft: number): tf.TensorInfo[] {
  const spare = backend().output([bytesLeft / 4]);
  const taken: tf.TensorInfo[] = [];
  for (let bytes = 512 * MEBIBYTE; bytes >= 64; bytes /= 2) {
    for (;;) {
      try {
        taken.push(backend().output([bytes / 4]));
      } catch {
        break;
      }
    }
  }
  backend().disposeData(spare.dataId);
  return taken;
}

describe('training that runs out of memory', () => {
  it('frees its memory and continues, wherever in the step it happens', async () => {
    const before = held();
    const batch = waves(64, 2);
    let failures = 0;
    let succeeded = false;
    // With every 64 KiB more the step gets further: through the forward pass, the backward pass and the optimizer.
    for (let left = 64 * 1024; !succeeded; left += 64 * 1024) {
      const model = tinyNetwork(1);
      const trainer = training(model, optimizers.adamW!());
      await step(trainer, batch);
      const taken = ballast(left);
      const filled = held();
      let message = '';
      try {
        await step(trainer, batch);
        succeeded = true;
      } catch (error) {
        failures++;
        message = (error as Error).message;
        expect(message).toMatch(
          /simd backend: out of memory for a tensor of [\d.]+ [KM]iB: \d+\.\d MiB are in use .* of at most 4096\.0 MiB\. Use a smaller batch/,
        );
      }
      const { tensors, dataBuffers, arenaBytes } = held();
      expect({ tensors, dataBuffers }).toEqual({ tensors: filled.tensors, dataBuffers: filled.dataBuffers });
      // Short parameters that were JavaScript arrays may have moved into the arena, where they belong.
      const most = 64 * Object.keys(model.parameters()).length;
      expect(arenaBytes - filled.arenaBytes).toBeLessThanOrEqual(most);

      for (const { dataId } of taken) backend().disposeData(dataId);
      expect(await step(trainer, batch)).toBeLessThan(1.5);
      trainer.dispose();
      model.dispose();
    }
    tf.dispose([batch.xs, batch.ys]);
    expect(held()).toEqual({ ...before, arenaPeakBytes: expect.any(Number) });
    expect(failures).toBeGreaterThan(20);
  });
});
