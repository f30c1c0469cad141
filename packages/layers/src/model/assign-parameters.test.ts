import { expectClose } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  assignParameters,
  batchNorm,
  conv2d,
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

it('copies a model to another through a file', async () => {
  const [trained, fresh] = [network(1), network(2)];
  trained.apply(tf.randomNormal([8, 2], 0, 1, 'float32', 3), { training: true }); // updates running statistics
  const { tensors } = loadSafetensors(await saveSafetensors(trained.parameters()));
  assignParameters(fresh, tensors);
  tf.dispose(tensors); // the model has copied the values
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

it('changes nothing unless all tensors fit', async () => {
  const model = network(1);
  const values = Object.fromEntries(
    Object.entries(model.parameters()).map(([name, v]) => [name, tf.onesLike(v)]),
  );
  const without = { ...values };
  delete without['dense.bias'];
  const before = [...(await model.parameters()['dense.kernel']!.data())];
  expect(() => assignParameters(model, without)).toThrow(
    /there is no tensor for the parameters dense.bias; give exactly/,
  );
  expect(() => assignParameters(model, { ...values, head: tf.ones([1]) })).toThrow(
    /the model has no parameter head/,
  );
  expect(() => assignParameters(model, { ...without, a: tf.ones([1]) })).toThrow(
    /dense.bias, and the model has no parameter a/,
  );
  expect(() => assignParameters(model, {})).toThrow(
    /dense.kernel, dense.bias, norm.gamma, norm.beta, norm.runningMean and 1 more/,
  );
  expect(() => assignParameters(model, { ...values, 'norm.beta': tf.ones([4]) })).toThrow(
    /the tensor for norm.beta is float32 \[4\] but the model's is float32 \[3\]/,
  );
  expect(() => assignParameters(model, { ...values, 'norm.beta': tf.ones([3], 'int32') })).toThrow(
    /norm.beta is int32 \[3\]/,
  );
  expect([...(await model.parameters()['dense.kernel']!.data())]).toEqual(before);
});

it('assigns a model to itself, and swaps values', async () => {
  const model = network(1);
  const before = await model.predict(tf.ones([1, 2])).data();
  assignParameters(model, model.parameters());
  await expectClose(model.predict(tf.ones([1, 2])), before, { absolute: 0, relative: 0 });
  const { gamma, beta } = model.params.norm;
  assignParameters(model, { 'norm.gamma': beta!, 'norm.beta': gamma! }, { partial: true });
  await expectClose(gamma!, [0, 0, 0]);
  await expectClose(beta!, [1, 1, 1]);
});

it('assigns some of the parameters on request', async () => {
  const model = network(1);
  assignParameters(model, { 'norm.beta': tf.fill([3], 7) }, { partial: true });
  await expectClose(model.params.norm.beta!, [7, 7, 7]);
  await expectClose(model.params.norm.gamma!, [1, 1, 1]);
  expect(() => assignParameters(model, { 'norm.bet': tf.ones([3]) }, { partial: true })).toThrow(
    /the model has no parameter norm.bet \(is norm.bet norm.beta\?\); give names of/,
  );
  expect(() => assignParameters(model, {}, { part: true } as object)).toThrow(
    /no option "part"; did you mean partial/,
  );
});

it('refuses what is not a tensor, and a disposed model', async () => {
  const model = createModel(dense({ inFeatures: 2, outFeatures: 2 }));
  const bias = tf.ones([2]);
  const before = [...(await model.params.kernel.data())];
  const tensors = tf.memory().numTensors;
  const rows = [
    [1, 2],
    [3, 4],
  ];
  const values: [unknown, RegExp][] = [
    [null, /^assignParameters: kernel is null, which is not a tf.Tensor; give a tensor/],
    [undefined, /kernel is undefined, which/],
    [rows, /kernel is an array of 2, which is not a tf.Tensor; give a tensor, such as tf.tensor\(values\)/],
    [{ shape: [2, 2], dtype: 'float32' }, /which is not a tf.Tensor/],
  ];
  for (const [kernel, message] of values) {
    expect(() => assignParameters(model, { bias, kernel } as never)).toThrow(message);
  }
  expect([...(await model.params.kernel.data())]).toEqual(before);
  expect(tf.memory().numTensors).toBe(tensors);
  model.dispose();
  const kernel = tf.ones([2, 2]);
  const after = tf.memory().numTensors;
  expect(() => assignParameters(model, { kernel, bias })).toThrow(
    /^assignParameters: the parameter kernel of the model is disposed/,
  );
  expect(tf.memory().numTensors).toBe(after);
});

it.each<[string, (file: object) => unknown, RegExp]>([
  ['a file', (file) => file, /tensors is a file from loadSafetensors; give its tensors: file\.tensors$/],
  ['a model', () => network(2), /tensors is a model; give its parameters: model\.parameters\(\)$/],
])('says what to give instead of %s', async (_, of, message) => {
  const model = network(1);
  const file = loadSafetensors(await saveSafetensors(model.parameters()));
  for (const partial of [false, true]) {
    expect(() => assignParameters(model, of(file) as tf.NamedTensorMap, { partial })).toThrow(message);
  }
});

describe('says what to do about', () => {
  const model = createModel(sequential({ body: dense({ inFeatures: 2, outFeatures: 3 }) }));

  it.each<[string, () => unknown, RegExp]>([
    [
      'the bytes of a file',
      () => new Uint8Array(9),
      /^assignParameters: tensors is a Uint8Array of 9; .* loadSafetensors\(bytes\)\.tensors$/,
    ],
    [
      'the buffer of a file',
      () => new ArrayBuffer(9),
      /^assignParameters: tensors is an ArrayBuffer; .* loadSafetensors\(bytes\)\.tensors$/,
    ],
    [
      'a tree of parameters',
      () => model.params,
      /^assignParameters: body is an object with kernel, bias, not a tensor; give one flat map, such as model\.parameters\(\), or flattenParams\(params\)/,
    ],
    [
      'a kernel as in PyTorch',
      () => ({ 'body.kernel': tf.zeros([3, 2]) }),
      /float32 \[2,3\]; if its axes are in another order, as in PyTorch, transpose it: tf\.transpose\(tensor, \[1, 0\]\); otherwise leave it out, or give a model/,
    ],
    [
      'another size',
      () => ({ 'body.bias': tf.zeros([4]) }),
      /float32 \[3\]; leave it out, or give a model of that size$/,
    ],
    [
      'another dtype',
      () => ({ 'body.bias': tf.zeros([3], 'int32') }),
      /float32 \[3\]; cast it: tf\.cast\(tensor, 'float32'\)$/,
    ],
  ])('%s', (_, give, message) => {
    expect(() => assignParameters(model, give() as tf.NamedTensorMap, { partial: true })).toThrow(message);
  });

  it('another size among all parameters', () => {
    const all = { 'body.kernel': tf.zeros([2, 3]), 'body.bias': tf.zeros([4]) };
    expect(() => assignParameters(model, all)).toThrow(
      /; leave it out, with { partial: true }, or give a model of that size$/,
    );
  });

  it('a convolution as in PyTorch', () => {
    const conv = createModel(conv2d({ inChannels: 2, outChannels: 5, kernelSize: 3, bias: false }));
    const kernel = tf.randomNormal([5, 2, 3, 3]);
    expect(() => assignParameters(conv, { kernel })).toThrow(/tf\.transpose\(tensor, \[2, 3, 1, 0\]\)/);
    assignParameters(conv, { kernel: tf.transpose(kernel, [2, 3, 1, 0]) });
  });
});
