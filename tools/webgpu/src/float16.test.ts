import { registerWebgpu, type WebgpuBackend } from '@tenfold/backend-webgpu';
import { sparseSoftmaxCrossEntropy } from '@tenfold/losses';
import { createRng } from '@tenfold/random';
import { webgpuStarts } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { registerBoth, switchTo } from './backends';
import { createTraining, type ModelName } from './models';
import { takeTraffic } from './traffic';

const STEPS = 12;
// A software adapter compiles the shaders slowly, in float16 and in float32.
const PATIENCE = 400_000;
const available = await webgpuStarts(() => registerBoth({ float16: true }), {
  // An adapter without float16 is an answer, one that is missing where CI has to have it is none.
  answers: ['no float16'],
});

async function use(float16: boolean): Promise<void> {
  await registerWebgpu({ allowSoftware: true, float16 });
  await switchTo('webgpu');
}

/** Losses of a training, bytes of a step, and what it holds more after all steps than after half of them. */
async function train(name: ModelName) {
  const training = createTraining(name, { batch: 8, small: true });
  const losses: number[] = [];
  const backend = tf.backend() as WebgpuBackend;
  const held = { tensors: 0, data: 0, bytes: 0 };
  const hold = (sign: 1 | -1) => {
    held.tensors += sign * tf.memory().numTensors;
    held.data += sign * backend.numDataIds();
    held.bytes += sign * backend.bufferManager.numBytesUsed;
  };
  for (let step = 0; step < STEPS; step++) {
    if (step === 5) takeTraffic();
    const loss = training.step();
    losses.push((await loss.data())[0]!);
    loss.dispose();
    if (step === STEPS / 2 - 1) hold(-1);
    if (step === STEPS - 1) hold(1);
  }
  const bytes = takeTraffic().bytes / (STEPS - 5);
  training.dispose();
  return { losses, bytes, held };
}

/** Gradients of the parameters for one batch of noise, after they were moved by normally distributed numbers. */
async function gradients(name: ModelName, spread: number): Promise<Map<string, Float32Array>> {
  const training = createTraining(name, { batch: 8, small: true });
  const { model } = training;
  // Away from the zeros that branches of a transformer begin with, behind which all gradients are zero.
  for (const [i, variable] of Object.values(model.trainable()).entries()) {
    const values = createRng(i).fillNormal(new Float32Array(variable.size));
    variable.assign(
      tf.tidy(() => tf.add(variable, tf.mul(tf.tensor(values, variable.shape, 'float32'), spread))),
    );
  }
  const noise = createRng(5).fillNormal(new Float32Array(8 * 3072));
  const [xs, ys] = [tf.tensor4d(noise, [8, 32, 32, 3]), tf.tensor1d([0, 1, 2, 3, 4, 5, 6, 7], 'int32')];
  const context = { training: true, rng: createRng(3) };
  const { value, grads } = tf.variableGrads(
    () => sparseSoftmaxCrossEntropy(ys, model.apply(xs, context)) as tf.Scalar,
    Object.values(model.trainable()),
  );
  const read = new Map<string, Float32Array>();
  for (const [key, gradient] of Object.entries(grads)) {
    const parameter = Object.entries(model.trainable()).find(([, variable]) => variable.name === key)!;
    read.set(parameter[0], (await gradient.data()) as Float32Array);
  }
  tf.dispose([xs, ys, value, grads]);
  training.dispose();
  return read;
}

/** ‖a − b‖/‖b‖. */
function distance(a: Float32Array, b: Float32Array): number {
  const norm = (values: Float32Array) => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0));
  return norm(a.map((v, i) => v - b[i]!)) / Math.max(norm(b), 1e-12);
}

describe.runIf(available)('activations in float16', () => {
  // How far the parameters are moved before gradients are taken. A max-pooling may take another of two that are nearly
  // equal, and send the gradient elsewhere: not with the cnn as it begins.
  const spreads = { cnn: 0, vit: 0.05 };
  const names = ['cnn', 'vit'] as const;
  const trainings = new Map<string, Awaited<ReturnType<typeof train>>>();
  const exact = new Map<string, Map<string, Float32Array>>();
  // All in float32, then all in float16, in the same order: each device compiles its shaders once.
  beforeAll(async () => {
    await use(false);
    for (const name of names) trainings.set(name, await train(name));
    for (const name of names) exact.set(name, await gradients(name, spreads[name]));
    await use(true);
  }, PATIENCE);

  it.each([
    ['cnn', 0.8],
    ['vit', 0.9],
  ] as const)(
    '%s: a training follows that in float32, with fewer bytes and nothing left behind',
    async (name, bytes) => {
      const want = trainings.get(name)!;
      const got = await train(name);
      const worst = Math.max(...got.losses.map((loss, i) => Math.abs(loss / want.losses[i]! - 1)));
      expect(worst).toBeLessThan(0.005);
      expect(worst).toBeGreaterThan(0);
      expect(got.bytes / want.bytes).toBeLessThan(bytes);
      // Bytes: of uniforms that are other numbers in every step, which float32 keeps too.
      expect(got.held).toEqual({ tensors: 0, data: 0, bytes: want.held.bytes });
    },
    PATIENCE,
  );

  it.each(names)(
    '%s: gradients are those of float32 but for the rounding of what they are computed from',
    async (name) => {
      const want = exact.get(name)!;
      const got = await gradients(name, spreads[name]);
      expect([...got.keys()]).toEqual([...want.keys()]);
      // Of all of them together: some are differences of what is nearly equal, the bias of an attention's keys even zero.
      const all = (gradients: Map<string, Float32Array>) =>
        Float32Array.from([...gradients.values()].flatMap((values) => [...values]));
      expect(distance(all(got), all(want))).toBeLessThan(0.01);
    },
    PATIENCE,
  );
});
