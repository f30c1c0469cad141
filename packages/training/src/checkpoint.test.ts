import {
  assignParameters,
  createModel,
  dense,
  loadSafetensors,
  type Model,
  saveSafetensors,
  sequential,
} from '@tenfold/layers';
import { meanSquaredError } from '@tenfold/losses';
import { adam } from '@tenfold/optimizers';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { clouds, network, options, trainerOptions, weights } from '../test/clouds';
import { createTrainer, fit, loadCheckpoint, saveCheckpoint, train } from './index';

describe('checkpoints', () => {
  it('restores a run in another process, which continues bit for bit', async () => {
    const trained = network();
    await fit(trained, { ...options, data: clouds(), epochs: 3 });

    const first = createTrainer(network(), trainerOptions);
    const abort = new AbortController();
    const stopAt = (step: number) => void (step === 6 && abort.abort());
    await expect(
      train(first, { data: clouds(), epochs: 3, signal: abort.signal, onStep: (r) => stopAt(r.step) }),
    ).rejects.toThrow();
    const bytes = await saveCheckpoint(first, { note: 'kept' });

    // Different initial values, which the checkpoint replaces.
    const other = createModel(network().layer, { seed: 99 });
    const second = createTrainer(other, trainerOptions);
    const before = tf.memory().numTensors;
    expect(loadCheckpoint(second, bytes)).toMatchObject({ note: 'kept', step: '6' });
    expect(tf.memory().numTensors).toBe(before);
    await train(second, { data: clouds(), epochs: 3 });
    expect(await weights(other)).toEqual(await weights(trained));
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
    const trainer = createTrainer(network(), trainerOptions);
    const bytes = await saveCheckpoint(trainer);
    const another = createTrainer(createModel(dense({ inFeatures: 2, outFeatures: 2 })), trainerOptions);
    const values = await weights(another.model);
    expect(() => loadCheckpoint(another, bytes)).toThrow(
      /loadCheckpoint: the checkpoint does not fit the model: .*give the model that it was saved with/,
    );
    const noMomentum = createTrainer(trainer.model, {
      ...trainerOptions,
      optimizer: { init: () => ({}), update: () => ({ updates: {}, state: {} }) },
    });
    expect(() => loadCheckpoint(noMomentum, bytes)).toThrow(/unknown/);
    expect(() => loadCheckpoint(trainer, bytes.subarray(0, 40))).toThrow(
      /loadSafetensors: the file is not valid/,
    );
    expect(await weights(another.model)).toEqual(values);
  });
});

it.each(['step', 'format'])('saveCheckpoint refuses the reserved key %s', async (key) => {
  const trainer = createTrainer(network(), trainerOptions);
  await expect(saveCheckpoint(trainer, { [key]: 'x' })).rejects.toThrow(
    `saveCheckpoint: the key ${key} of metadata is reserved; give another key`,
  );
});

describe('loadCheckpoint of a file that was changed', () => {
  type File = { tensors: tf.NamedTensorMap; metadata: { [key: string]: string } };
  const settings = { loss: meanSquaredError, optimizer: adam() };
  const net = () => createModel(dense({ inFeatures: 2, outFeatures: 2 }), { seed: 1 });
  const batch = () => ({ xs: tf.ones([1, 2]), ys: tf.zeros([1, 2]) });
  const set =
    (path: string, value: tf.Tensor) =>
    ({ tensors }: File) =>
      void Object.defineProperty(tensors, path, { value, enumerable: true, configurable: true });
  const at =
    (step: string) =>
    ({ metadata }: File) =>
      void Object.assign(metadata, { step });

  it.each<[string, (file: File) => void, RegExp]>([
    ['an int32 slot', set('optimizer/mean/kernel', tf.ones([2, 2], 'int32')), /mean\/kernel int32 \[2,2\]/],
    ['a bool slot', set('optimizer/square/kernel', tf.ones([2, 2], 'bool')), /square\/kernel bool/],
    [
      'another kind',
      set('other/mean/kernel', tf.ones([2, 2])),
      /the file has the tensor "other\/mean\/kernel", which is neither/,
    ],
    ['a top-level tensor', set('foo', tf.ones([2, 2])), /the file has the tensor "foo"/],
    ['a model without a name', set('model', tf.ones([2, 2])), /the file has the tensor "model"/],
    [
      'a slot without a name',
      set('optimizer/mean', tf.ones([2, 2])),
      /the file has the tensor "optimizer\/mean"/,
    ],
    [
      'more missed steps than steps',
      set('optimizer/missed/kernel', tf.scalar(5)),
      /missed of kernel is 5 at step 1; give/,
    ],
    [
      'a negative mean of squares',
      set(
        'optimizer/square/kernel',
        tf.tensor2d([
          [0, 1],
          [-1e-30, 2],
        ]),
      ),
      /^loadCheckpoint: square of kernel has the value -1.*e-30, which is not from 0 to Infinity; give a state/,
    ],
    [
      'a NaN among squares',
      set('optimizer/square/bias', tf.tensor1d([0, Number.NaN])),
      /square of bias has the value NaN/,
    ],
    [
      'a NaN among means',
      set('optimizer/mean/bias', tf.tensor1d([Number.NaN, 0])),
      /^loadCheckpoint: mean of bias has the value NaN, which is not a number; give/,
    ],
    [
      'a negative number of missed steps',
      set('optimizer/missed/kernel', tf.scalar(-1)),
      /missed of kernel is -1 at step 1/,
    ],
    ['half a missed step', set('optimizer/missed/kernel', tf.scalar(0.5)), /missed of kernel is 0.5/],
    [
      'a list of missed steps',
      set('optimizer/missed/kernel', tf.ones([3])),
      /missed of kernel is a tensor float32 \[3\]/,
    ],
    ['missed steps of nothing', set('optimizer/missed/foo', tf.scalar(1)), /missed .*foo/],
    [
      '__proto__ as a slot',
      set('optimizer/__proto__/kernel', tf.ones([2, 2])),
      /unknown, such as __proto__\/kernel/,
    ],
    [
      'constructor as a slot',
      set('optimizer/constructor/kernel', tf.ones([2, 2])),
      /unknown, such as constructor\/kernel/,
    ],
    [
      '__proto__ as a name',
      set('optimizer/mean/__proto__', tf.ones([2, 2])),
      /unknown, such as mean\/__proto__/,
    ],
    [
      '__proto__ in the model',
      set('model/__proto__', tf.ones([2, 2])),
      /does not fit the model: it has __proto__, which the model lacks/,
    ],
    ...['', ' ', '0x10', '1e3', '-1', '1.5', '01', '+1', '4294967296', '9007199254740991'].map(
      (step) =>
        [
          `the step '${step}'`,
          at(step),
          /the step of the checkpoint is ".*", expected an integer of at least 0; give a file from saveCheckpoint/,
        ] as [string, (file: File) => void, RegExp],
    ),
  ])('refuses %s, and changes nothing', async (_, change, message) => {
    const trainer = createTrainer(net(), settings);
    tf.dispose({ ...trainer.step(batch()) });
    const file = loadSafetensors(await saveCheckpoint(trainer));
    change(file);
    const bytes = await saveSafetensors(file.tensors, file.metadata);
    tf.dispose({ ...trainer.step(batch()) });
    const before = await weights(trainer.model);
    const state = JSON.stringify(
      await Promise.all(Object.values(trainer.state).map((s) => weights({ parameters: () => s }))),
    );
    const tensors = tf.memory().numTensors;
    expect(() => loadCheckpoint(trainer, bytes)).toThrow(message);
    expect(tf.memory().numTensors).toBe(tensors);
    expect(trainer.stepCount).toBe(2);
    expect(await weights(trainer.model)).toEqual(before);
    expect(
      JSON.stringify(
        await Promise.all(Object.values(trainer.state).map((s) => weights({ parameters: () => s }))),
      ),
    ).toBe(state);
  });

  it('saves the state of the call, though steps follow before the file is complete', async () => {
    const trainer = createTrainer(net(), settings);
    tf.dispose({ ...trainer.step(batch()) });
    const want = await saveCheckpoint(trainer);
    const saving = saveCheckpoint(trainer);
    tf.dispose({ ...trainer.step(batch()) });
    const last = saveCheckpoint(trainer);
    trainer.dispose();
    trainer.model.dispose();
    expect(await saving).toEqual(want);
    expect((await last).length).toBe(want.length);
  });
});

describe('a checkpoint and the weights of a model', () => {
  it('are distinguished, and a checkpoint gives its weights alone', async () => {
    const trainer = createTrainer(network(), trainerOptions);
    const checkpoint = await saveCheckpoint(trainer);
    const other = createModel(network().layer, { seed: 99 });
    expect(() => assignParameters(other, loadSafetensors(checkpoint).tensors)).toThrow(
      /^assignParameters: tensors are those of a checkpoint, .* loadSafetensors\(bytes, { prefix: 'model\/' }\)\.tensors, or .* loadCheckpoint\(trainer, bytes\)/,
    );
    assignParameters(other, loadSafetensors(checkpoint, { prefix: 'model/' }).tensors);
    expect(await weights(other)).toEqual(await weights(trainer.model));
  });

  it.each<[string, Record<string, string>, RegExp]>([
    [
      'weights',
      {},
      /its metadata has no format; it has tensors such as "[\w.]+"; give a file from saveCheckpoint, or assign the weights alone with assignParameters/,
    ],
    ['another format', { format: 'pt' }, /its metadata has the format "pt"/],
    [
      'no step',
      { format: 'tenfold-checkpoint' },
      /the step of the checkpoint is missing, expected an integer/,
    ],
    [
      'a wrong step',
      { format: 'tenfold-checkpoint', step: '-1' },
      /the step of the checkpoint is "-1", expected/,
    ],
  ])('loadCheckpoint says what is wrong with %s', async (_, metadata, message) => {
    const trainer = createTrainer(network(), trainerOptions);
    const file = await saveSafetensors(trainer.model.parameters(), metadata);
    expect(() => loadCheckpoint(trainer, file)).toThrow(message);
  });
});
