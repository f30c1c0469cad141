import { expectClose } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import {
  assignParameters,
  batchNorm,
  createModel,
  dense,
  loadSafetensors,
  saveSafetensors,
  sequential,
} from '../index';

const network = (seed: number) =>
  createModel(
    sequential({ dense: dense({ inFeatures: 2, outFeatures: 3 }), norm: batchNorm({ channels: 3 }) }),
    { seed },
  );

it('makes a model what another is, by way of a file', async () => {
  const [trained, fresh] = [network(1), network(2)];
  trained.apply(tf.randomNormal([8, 2], 0, 1, 'float32', 3), { training: true }); // running statistics move
  const { tensors } = loadSafetensors(await saveSafetensors(trained.parameters()));
  assignParameters(fresh, tensors);
  tf.dispose(tensors); // the model keeps what it was given
  const x = tf.tensor([[1, -2]]);
  await expectClose(fresh.predict(x), trained.predict(x), { absolute: 0, relative: 0 });
  expect(fresh.parameters()['norm.runningMean']!.trainable).toBe(false);
});

it('leaks nothing', () => {
  const model = network(1);
  const tensors = Object.fromEntries(
    Object.entries(model.parameters()).map(([name, v]) => [name, tf.clone(v)]),
  );
  const before = tf.memory().numTensors;
  assignParameters(model, tensors);
  expect(tf.memory().numTensors).toBe(before);
});

it('changes nothing unless all fits', async () => {
  const model = network(1);
  const given = Object.fromEntries(
    Object.entries(model.parameters()).map(([name, v]) => [name, tf.onesLike(v)]),
  );
  const without = { ...given };
  delete without['dense.bias'];
  const before = [...(await model.parameters()['dense.kernel']!.data())];
  expect(() => assignParameters(model, without)).toThrow(
    /no tensor is given for the parameters dense.bias; give exactly/,
  );
  expect(() => assignParameters(model, { ...given, head: tf.ones([1]) })).toThrow(
    /the model has no parameters head; give/,
  );
  expect(() => assignParameters(model, { ...without, a: tf.ones([1]) })).toThrow(
    /dense.bias, and the model has no parameters a/,
  );
  expect(() => assignParameters(model, {})).toThrow(
    /dense.kernel, dense.bias, norm.gamma, norm.beta, norm.runningMean and 1 more/,
  );
  expect(() => assignParameters(model, { ...given, 'norm.beta': tf.ones([4]) })).toThrow(
    /norm.beta is a float32 of shape \[4\] but the model's is a float32 of shape \[3\]/,
  );
  expect(() => assignParameters(model, { ...given, 'norm.beta': tf.ones([3], 'int32') })).toThrow(
    /is a int32 of shape/,
  );
  expect([...(await model.parameters()['dense.kernel']!.data())]).toEqual(before);
});
