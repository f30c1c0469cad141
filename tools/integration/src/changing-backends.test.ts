import '@tenfold/backend-simd';
import '@tenfold/gradients';
import { expectClose } from '@tenfold/testing';
import { loadCheckpoint, saveCheckpoint } from '@tenfold/training';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { optimizers, step, tinyNetwork, training, waves } from './tiny-network';

const ways = [
  ['cpu', 'simd'],
  ['simd', 'cpu'],
] as const;

describe.each(ways)('tensors made on %s', (from, to) => {
  const n = 300;
  const values = Array.from({ length: n }, (_, i) => i - 100);
  const rows = (f: (row: number, column: number) => number) =>
    Array.from({ length: 30 }, (_, r) => Array.from({ length: 10 }, (_, c) => f(r, c)));
  const at = (r: number, c: number) => values[10 * r + c]! + 1;
  const sum = (list: number[]) => list.reduce((a, b) => a + b);

  it(`are used on ${to}, and back again, and nothing is left`, async () => {
    const before = tf.memory().numTensors;
    await tf.setBackend(from);
    const f = tf.tensor1d(values);
    const used = tf.add(f, 1); // made by a kernel
    const view = tf.reshape(used, [30, 10]);
    const clone = tf.clone(view);
    const int = tf.tidy(() => tf.add(tf.tensor1d(values, 'int32'), tf.tensor1d(values, 'int32')));
    const gathered = tf.tidy(() => tf.gather(f, tf.tensor1d([5, 7], 'int32')));
    const bool = tf.tidy(() => tf.greater(f, 0));
    const text = tf.tensor1d(['a', 'ß']);
    const complex = tf.tidy(() => tf.complex(tf.ones([8]), tf.zeros([8])));
    const check = async (make: () => tf.Tensor, expected: number[]) => {
      const tensor = tf.tidy(make);
      await expectClose(tensor, expected);
      tensor.dispose();
    };
    await tf.setBackend(to);
    await check(
      () => tf.mul(f, 2),
      values.map((v) => 2 * v),
    );
    await check(
      () => tf.sum(view, 0),
      Array.from({ length: 10 }, (_, c) => sum(rows(at).map((row) => row[c]!))),
    );
    tf.dispose([used, view]);
    await check(() => tf.matMul(clone as tf.Tensor2D, tf.ones([10, 1])), rows(at).map(sum));
    await check(
      () => tf.add(int, int),
      values.map((v) => 4 * v),
    );
    await check(
      () => tf.cast(int, 'float32'),
      values.map((v) => 2 * v),
    );
    await check(() => tf.clone(gathered), [values[5]!, values[7]!]);
    await check(() => tf.where(bool, f, tf.neg(f)), values.map(Math.abs));
    expect([...(await text.data())]).toEqual(['a', 'ß']);
    // tfjs's own cpu backend takes no complex tensor of another backend.
    if (to === 'simd') await check(() => tf.real(tf.fft(complex)), [8, 0, 0, 0, 0, 0, 0, 0]);
    await tf.setBackend(from);
    await check(
      () => tf.add(f, 1),
      values.map((v) => v + 1),
    );
    await check(
      () => tf.reshape(clone, [n]),
      values.map((v) => v + 1),
    );
    tf.dispose([f, clone, int, gathered, bool, text, complex]);
    expect(tf.memory().numTensors).toBe(before);
  });
});

/** The last loss of a training whose step i is taken on the i-th backend, its state saved and loaded in the middle. */
async function trained(optimizer: string, backends: readonly string[]): Promise<number> {
  await tf.setBackend(backends[0]!);
  const batch = waves(4, 3);
  let model = tinyNetwork(3);
  let trainer = training(model, optimizers[optimizer]!());
  let loss = Number.NaN;
  for (const [i, backend] of backends.entries()) {
    await tf.setBackend(backend);
    if (i === 2) {
      const bytes = await saveCheckpoint(trainer);
      trainer.dispose();
      model.dispose();
      model = tinyNetwork(4);
      trainer = training(model, optimizers[optimizer]!());
      loadCheckpoint(trainer, bytes);
    }
    loss = await step(trainer, batch);
  }
  trainer.dispose();
  model.dispose();
  tf.dispose([batch.xs, batch.ys]);
  return loss;
}

it.each(Object.keys(optimizers))('a model and the state of %s move between cpu and simd', async (name) => {
  const right = await trained(name, ['cpu', 'cpu', 'cpu', 'cpu']);
  const before = tf.memory().numTensors;
  expect(await trained(name, ['simd', 'cpu', 'cpu', 'simd'])).toBeCloseTo(right, 4);
  expect(tf.memory().numTensors).toBe(before);
});
