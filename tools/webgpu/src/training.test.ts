import '@tensorflow/tfjs-backend-cpu';
import '@tenfold/gradients';
import { registerWebgpu, WebgpuUnavailable } from '@tenfold/backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { endure } from './endure';
import { createTraining } from './models';

// A software adapter compiles shaders slowly, the more so beside other tests.
const PATIENCE = 300_000;
const available = await start();

async function start(): Promise<boolean> {
  try {
    await registerWebgpu({ allowSoftware: true });
    return true;
  } catch (error) {
    if (!(error instanceof WebgpuUnavailable) || process.env.CI) throw error;
    console.warn(`these tests need a WebGPU adapter and do not run here: ${error.message}`);
    return false;
  }
}

async function losses(backend: string, steps: number): Promise<number[]> {
  await tf.setBackend(backend);
  const training = createTraining('fnn', { batch: 8, small: true });
  const values: number[] = [];
  for (let i = 0; i < steps; i++) {
    const loss = training.step();
    values.push((await loss.data())[0]!);
    loss.dispose();
  }
  training.dispose();
  return values;
}

describe.runIf(available)('a training on webgpu', () => {
  it(
    'follows the losses of the cpu backend for fifty steps',
    async () => {
      const want = await losses('cpu', 50);
      const got = await losses('webgpu', 50);
      const deviations = got.map((loss, i) => Math.abs(loss / want[i]! - 1));
      expect(Math.max(...deviations.slice(0, 10))).toBeLessThan(1e-5);
      expect(Math.max(...deviations)).toBeLessThan(1e-3);
      expect(want.at(-1)!).toBeLessThan(0.7 * want[0]!);
    },
    PATIENCE,
  );

  it(
    'does not grow',
    async () => {
      await tf.setBackend('webgpu');
      const { early, late, left } = await endure('fnn', { steps: 60, early: 30, batch: 2 });
      expect({ ...late, gpuBytes: 0 }).toEqual({ ...early, gpuBytes: 0 });
      // Corrections of a step's bias are uniforms of their own, kept until the cache is full.
      expect(late.gpuBytes - early.gpuBytes).toBeLessThan(100_000);
      expect(left).toBe(0);
    },
    PATIENCE,
  );
});
