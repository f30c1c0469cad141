import { webgpuStarts } from '@tenfold/testing';
import '@tensorflow/tfjs-backend-cpu';
import '@tenfold/gradients';
import { mlp } from '@tenfold/architectures';
import { registerWebgpu } from '@tenfold/backend-webgpu';
import { createModel, dense, loadSafetensors, saveSafetensors } from '@tenfold/layers';
import { meanSquaredError, sparseSoftmaxCrossEntropy } from '@tenfold/losses';
import { adam, adamW, type Optimizer, rmsProp, sgd } from '@tenfold/optimizers';
import { createTrainer, fit, loadCheckpoint, saveCheckpoint } from '@tenfold/training';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { endure } from './endure';
import { createTraining } from './models';

// A software adapter compiles shaders slowly, especially while other tests run.
const PATIENCE = 300_000;
const available = await webgpuStarts(() => registerWebgpu({ allowSoftware: true }));

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
    'follows the losses of the cpu backend for twenty steps',
    async () => {
      const want = await losses('cpu', 20);
      const got = await losses('webgpu', 20);
      const deviations = got.map((loss, i) => Math.abs(loss / want[i]! - 1));
      expect(Math.max(...deviations.slice(0, 10))).toBeLessThan(1e-5);
      expect(Math.max(...deviations)).toBeLessThan(1e-3);
      expect(want.at(-1)!).toBeLessThan(0.9 * want[0]!);
    },
    PATIENCE,
  );

  it(
    'does not grow',
    async () => {
      await tf.setBackend('webgpu');
      const { early, late, left } = await endure('fnn', { steps: 30, early: 15, batch: 2 });
      expect({ ...late, gpuBytes: 0 }).toEqual({ ...early, gpuBytes: 0 });
      // Corrections of a step's bias are separate uniforms, kept until the cache is full.
      expect(late.gpuBytes - early.gpuBytes).toBeLessThan(100_000);
      expect(left).toBe(0);
    },
    PATIENCE,
  );

  it(
    'changes nothing by a step that is not finite',
    async () => {
      await tf.setBackend('webgpu');
      for (const optimizer of [adamW(), sgd({ learningRate: 0.1, momentum: 0.9 }), rmsProp()]) {
        const model = createModel(mlp({ widths: [16] }), { seed: 1 });
        const trainer = createTrainer(model, { loss: sparseSoftmaxCrossEntropy, optimizer });
        const step = async (pixel: number) => {
          const [xs, ys] = [tf.fill([4, 32, 32, 3], pixel), tf.tensor1d([1, 2, 3, 4], 'int32')];
          const { loss, predictions } = trainer.step({ xs, ys });
          const value = (await loss.data())[0]!;
          tf.dispose([xs, ys, loss, predictions]);
          return value;
        };
        const values = async () => {
          const tensors = [
            ...Object.values(model.parameters()),
            ...Object.values(trainer.state).flatMap((slot) => Object.values(slot)),
          ];
          return Promise.all(tensors.map(async (tensor) => Array.from(await tensor.data())));
        };
        expect(await step(0.5)).toBeGreaterThan(0);
        const before = await values();
        expect(before.flat().every(Number.isFinite)).toBe(true);
        expect(await step(Number.NaN)).toBeNaN();
        const after = await values();
        // Not the lists themselves: to print how they differ would take minutes.
        expect(after.map((list, i) => list.every((value, k) => Object.is(value, before[i]![k])))).toEqual(
          before.map(() => true),
        );
        expect(await step(0.25)).toBeGreaterThan(0);
        expect(
          (await values()).map((list, i) => list.every((value, k) => value === before[i]![k])),
        ).toContain(false);
        trainer.dispose();
        model.dispose();
      }
    },
    PATIENCE,
  );

  it(
    'counts the accumulated steps that are finite, and starts a late parameter with its first gradient',
    async () => {
      await tf.setBackend('webgpu');
      const model = createModel(dense({ inFeatures: 1, outFeatures: 1 }), { seed: 1 });
      const bias = model.params.bias!;
      const loss = (_: tf.Tensor, predictions: tf.Tensor) => tf.mean(predictions);
      const updates = async (optimizer: Optimizer, accumulate: number, inputs: number[]) => {
        const trainer = createTrainer(model, { loss, optimizer, accumulate });
        const found: number[] = [];
        for (const [i, x] of inputs.entries()) {
          bias.trainable = accumulate > 1 || i > 2;
          const [before] = await bias.data();
          const [xs, ys] = [tf.fill([1, 1], x), tf.zeros([1, 1])];
          tf.dispose([xs, ys, { ...trainer.step({ xs, ys }) }]);
          found.push((await bias.data())[0]! - before!);
        }
        trainer.dispose();
        return found;
      };
      const bad = Number.NaN;
      const sums = await updates(sgd({ learningRate: 1 }), 2, [bad, 1, 1, bad, 1, 1]);
      expect(sums.map((value) => Math.round(value * 1e5) / 1e5 + 0)).toEqual([0, -1, 0, 0, 0, -1]);
      const late = await updates(adam({ learningRate: 0.25 }), 1, [1, 1, 1, 1]);
      expect(late.slice(0, 3)).toEqual([0, 0, 0]);
      expect(late[3]).toBeCloseTo(-0.25, 4);
      const failed = await updates(adam({ learningRate: 0.25 }), 1, [1, 1, 1, bad, 1]);
      expect(failed[3]).toBeCloseTo(0, 6);
      expect(failed.every(Number.isFinite)).toBe(true);
      model.dispose();
    },
    PATIENCE,
  );

  it(
    'continues from a checkpoint, and refuses one with numbers that a slot cannot have',
    async () => {
      await tf.setBackend('webgpu');
      const model = createModel(dense({ inFeatures: 2, outFeatures: 2 }), { seed: 1 });
      const trainer = createTrainer(model, { loss: meanSquaredError, optimizer: adamW() });
      const [xs, ys] = [tf.ones([3, 2]), tf.zeros([3, 2])];
      for (let i = 0; i < 2; i++) tf.dispose({ ...trainer.step({ xs, ys }) });
      const bytes = await saveCheckpoint(trainer);
      loadCheckpoint(trainer, bytes);
      expect(await saveCheckpoint(trainer)).toEqual(bytes);
      const damage = async (path: string, value: number, shape: number[]) => {
        const { tensors, metadata } = loadSafetensors(bytes);
        return saveSafetensors({ ...tensors, [`optimizer/${path}`]: tf.fill(shape, value) }, metadata);
      };
      for (const [file, message] of [
        [await damage('square/bias', -1, [2]), 'square of bias has the value -1'],
        [await damage('mean/bias', Number.NaN, [2]), 'mean of bias has the value NaN'],
        [await damage('missed/bias', 0.5, []), 'missed of bias is 0.5'],
      ] as const) {
        expect(() => loadCheckpoint(trainer, file)).toThrow(`loadCheckpoint: ${message}`);
        expect(await saveCheckpoint(trainer)).toEqual(bytes);
      }
      tf.dispose([xs, ys]);
      trainer.dispose();
      model.dispose();
    },
    PATIENCE,
  );

  it(
    'notices at the end of an epoch that the updates have overflowed',
    async () => {
      await tf.setBackend('webgpu');
      const model = createModel(dense({ inFeatures: 2, outFeatures: 2 }), { seed: 1 });
      const [xs, ys] = [tf.fill([3, 2], 100), tf.zeros([3, 2])];
      const options = { data: [{ xs, ys }], epochs: 1, loss: meanSquaredError };
      await expect(fit(model, { ...options, optimizer: sgd({ learningRate: 3e38 }) })).rejects.toThrow(
        /^fit: the parameter (kernel|bias) is not finite after step 1 \(epoch 0, counted from 0\)/,
      );
      tf.dispose([xs, ys]);
      model.dispose();
    },
    PATIENCE,
  );
});
