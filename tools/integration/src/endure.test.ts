import '@tenfold/backend-simd';
import '@tenfold/gradients';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { endure, held } from './endure';
import { optimizers } from './tiny-network';

beforeAll(() => tf.setBackend('simd'));

// `node tools/integration/run.mjs endurance --steps 10000` is the long form of this.
describe.each(Object.keys(optimizers))('120 steps with %s', (optimizer) => {
  it('grow neither tensors nor the arena, and learn', async () => {
    const before = held();
    const { firstLoss, lastLoss, early, late, end } = await endure(optimizer, 120);
    expect(late).toEqual(early);
    expect({ ...end, arenaPeakBytes: 0 }).toEqual({ ...before, arenaPeakBytes: 0 });
    expect(early.arenaBytes).toBeGreaterThan(before.arenaBytes);
    expect(lastLoss).toBeLessThan(firstLoss / 2);
  });
});
