import { createModel, dense, type Model, sequential } from '@tenfold/layers';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { clouds, network, options, trainerOptions, weights } from '../test/clouds';
import { createTrainer, fit, loadCheckpoint, saveCheckpoint, train } from './index';

describe('checkpoints', () => {
  it('restores a run in another process, which continues bit for bit', async () => {
    const whole = network();
    await fit(whole, { ...options, data: clouds(), epochs: 3 });

    const first = createTrainer(network(), trainerOptions);
    const abort = new AbortController();
    const stopAt = (step: number) => void (step === 6 && abort.abort());
    await expect(
      train(first, { data: clouds(), epochs: 3, signal: abort.signal, onStep: (r) => stopAt(r.step) }),
    ).rejects.toThrow();
    const bytes = await saveCheckpoint(first, { note: 'kept' });

    // Different initial values, which the checkpoint replaces.
    const other = createModel(first.model.layer, { seed: 99 });
    const second = createTrainer(other, trainerOptions);
    const before = tf.memory().numTensors;
    expect(loadCheckpoint(second, bytes)).toMatchObject({ note: 'kept', step: '6' });
    expect(tf.memory().numTensors).toBe(before);
    await train(second, { data: clouds(), epochs: 3 });
    expect(await weights(other)).toEqual(await weights(whole));
  });

  it('restores the count of missed steps of a parameter that was frozen for a while', async () => {
    const xs = tf.tensor2d([1, -1, 2, 0.5], [2, 2]);
    const ys = tf.tensor1d([0, 1], 'int32');
    const first = createTrainer(network(), trainerOptions);
    const freeze = (frozen: boolean) => {
      for (const [name, variable] of Object.entries(first.model.parameters())) {
        if (name.startsWith('hidden')) variable.trainable = !frozen;
      }
    };
    const step = (trainer: typeof first) => tf.dispose(Object.values(trainer.step({ xs, ys })));
    step(first);
    freeze(true);
    for (let i = 0; i < 2; i++) step(first);
    freeze(false);
    expect(Object.keys(first.state)).toContain('missed');

    const second = createTrainer(network(), trainerOptions);
    loadCheckpoint(second, await saveCheckpoint(first));
    for (const trainer of [first, second]) step(trainer);
    expect(await weights(second.model)).toEqual(await weights(first.model));
  });

  it.each<[string, () => Model, RegExp]>([
    [
      'of other shapes',
      () => createModel(dense({ inFeatures: 2, outFeatures: 4, bias: false })),
      /^loadCheckpoint: the checkpoint does not fit the model: its kernel is float32 \[2,3\], but the model's is float32 \[2,4\]; give the model that it was saved with$/,
    ],
    [
      'of other names',
      () => createModel(sequential({ head: dense({ inFeatures: 2, outFeatures: 3, bias: false }) })),
      /^loadCheckpoint: the checkpoint does not fit the model: it has kernel, which the model lacks, and lacks head.kernel; give the model/,
    ],
    [
      'with more parameters',
      () => createModel(dense({ inFeatures: 2, outFeatures: 3, bias: true })),
      /^loadCheckpoint: the checkpoint does not fit the model: it lacks bias; give the model/,
    ],
  ])('names the model when that is what differs: %s', async (_, make, message) => {
    const saved = createModel(dense({ inFeatures: 2, outFeatures: 3, bias: false }));
    const bytes = await saveCheckpoint(createTrainer(saved, trainerOptions));
    const other = createTrainer(make(), trainerOptions);
    expect(() => loadCheckpoint(other, bytes)).toThrow(message);
  });

  it('rejects the checkpoint of another model or optimizer, and changes nothing', async () => {
    const one = createTrainer(network(), trainerOptions);
    const bytes = await saveCheckpoint(one);
    const another = createTrainer(createModel(dense({ inFeatures: 2, outFeatures: 2 })), trainerOptions);
    const values = await weights(another.model);
    expect(() => loadCheckpoint(another, bytes)).toThrow(
      /loadCheckpoint: the checkpoint does not fit the model: .*give the model that it was saved with/,
    );
    const noMomentum = createTrainer(one.model, {
      ...trainerOptions,
      optimizer: { init: () => ({}), update: () => ({ updates: {}, state: {} }) },
    });
    expect(() => loadCheckpoint(noMomentum, bytes)).toThrow(/unknown/);
    expect(() => loadCheckpoint(one, bytes.subarray(0, 40))).toThrow(
      /loadSafetensors: the file is not valid/,
    );
    expect(await weights(another.model)).toEqual(values);
  });
});
