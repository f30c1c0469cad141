import { relu } from '@tenfold/activations';
import { createRng } from '@tenfold/random';
import { expectClose, expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it, vi } from 'vitest';
import {
  assignParameters,
  batchNorm,
  bidirectional,
  block,
  conv2d,
  countFlops,
  countParameters,
  createModel,
  dense,
  dropout,
  flatten,
  flattenParams,
  freeze,
  sequential,
  toLayer,
} from '../index';

const residual = block(
  { conv: conv2d({ inChannels: 2, outChannels: 2, kernelSize: 3 }), norm: batchNorm({ channels: 2 }) },
  (l, x) => tf.add(x, l.norm(l.conv(x))),
);
const network = () =>
  createModel(
    sequential({
      stem: conv2d({ inChannels: 1, outChannels: 2, kernelSize: 2, trainable: false }),
      relu,
      residual,
      flatten,
      head: dense({ inFeatures: 8, outFeatures: 3 }),
    }),
  );

it('names parameters by their path in the tree', () => {
  const model = network();
  expect(Object.keys(model.parameters())).toEqual([
    'stem.kernel',
    'stem.bias',
    'residual.conv.kernel',
    'residual.conv.bias',
    'residual.norm.gamma',
    'residual.norm.beta',
    'residual.norm.runningMean',
    'residual.norm.runningVariance',
    'head.kernel',
    'head.bias',
  ]);
  const frozen = ['stem.kernel', 'residual.norm.runningMean', 'residual.norm.runningVariance'];
  expect(Object.keys(model.trainable())).toEqual(
    Object.keys(model.parameters()).filter((name) => !frozen.includes(name)),
  );
  expect(
    Object.keys(createModel(sequential([dense({ inFeatures: 1, outFeatures: 1 }), relu])).parameters()),
  ).toEqual(['0.kernel', '0.bias']);
});

it('counts trained parameters, or all', () => {
  const [stemKernel, stemBias, conv, norm, head] = [8, 2, 38, 4, 27];
  expect(countParameters(network())).toBe(stemBias + conv + norm + head);
  expect(countParameters(network(), { all: true })).toBe(stemKernel + stemBias + conv + norm + 4 + head);
});

it('counts floating-point operations', () => {
  const operations = { conv2d: 2 * (4 * 2 * 4 + 4 * 2 * 18), dense: 2 * 24 };
  expect(countFlops(network(), [2, 2, 1])).toBe(operations.conv2d + operations.dense);
});

it('gives layers with equal options different initial values', async () => {
  const layer = () => dense({ inFeatures: 2, outFeatures: 2 });
  const { '0.kernel': first, '1.kernel': second } = createModel(sequential([layer(), layer()])).parameters();
  expect([...(await first!.data())]).not.toEqual([...(await second!.data())]);
});

it('applies layers and plain functions in order', async () => {
  const double = (x: tf.Tensor) => tf.mul(x, 2);
  const model = createModel(sequential([(x) => tf.add(x, 1), double]));
  await expectClose(model.predict(tf.tensor([1, 2])), [4, 6]);
});

it('disposes intermediate outputs as soon as possible', () => {
  const left: number[] = [];
  const count = (x: tf.Tensor) => {
    left.push(tf.memory().numTensors);
    return tf.add(x, 1);
  };
  createModel(sequential([count, count, count, count])).predict(tf.ones([2]));
  expect(left.map((tensors) => tensors - left[0]!)).toEqual([0, 1, 1, 1]);
});

it('passes the context to the function of a block', () => {
  const seen: boolean[] = [];
  const model = createModel(
    block({}, (_, x, { training }) => {
      seen.push(training);
      return tf.neg(x);
    }),
  );
  model.predict(tf.ones([1]));
  model.apply(tf.ones([1]), { training: true });
  expect(seen).toEqual([false, true]);
});

it('returns a new tensor even if the layer returns its input', async () => {
  const x = tf.tensor([1, 2]);
  createModel(dropout({ rate: 0.5 }))
    .predict(x)
    .dispose();
  await expectClose(x, [1, 2]);
});

it('disposes its parameters, and leaves nothing of a prediction', async () => {
  await expectNoLeaks(() => network().dispose());
  const model = network();
  const x = tf.zeros([1, 2, 2, 1]);
  await expectNoLeaks(() => model.predict(x));
});

it('drops about the given rate in training, scales the rest, and draws the same mask from the same stream', async () => {
  const model = createModel(dropout({ rate: 0.25 }));
  const draw = (seed: number) =>
    model.apply(tf.ones([10_000]), { training: true, rng: createRng(seed) }).data();
  const values = [...(await draw(1))];
  expect(values.filter((v) => v === 0).length / values.length).toBeCloseTo(0.25, 1);
  expect(new Set(values)).toEqual(new Set([0, Math.fround(4 / 3)]));
  expect([...(await draw(1))]).toEqual(values);
  expect([...(await draw(2))]).not.toEqual(values);
});

it.each<[() => unknown, RegExp]>([
  [
    () => countParameters({} as never),
    /^countParameters: model is an empty object; give a model from createModel/,
  ],
  [() => countFlops(undefined as never, [1]), /^countFlops: model is missing; give a model from createModel/],
  [
    () => countFlops(network(), 2 as never),
    /^countFlops: inputShape is 2; give an array of entries, each an integer of at least 1$/,
  ],
  [() => countFlops(network(), [3]), /^stem: conv2d: the input has shape \[1,3\]; give images/],
  [
    () => assignParameters(network as never, {}),
    /^assignParameters: model is the function network; give a model from createModel/,
  ],
  [
    () => assignParameters(network(), null as never),
    /^assignParameters: tensors is null; give a plain object/,
  ],
  [() => freeze({} as never), /^freeze: layer is an empty object; give a layer such as dense/],
  [() => toLayer(class Network {} as never), /^toLayer: layer is the class Network; give a layer/],
  [() => flattenParams({ a: 1 }), /^flattenParams: the parameter a is 1; give a tf.Variable/],
  [() => sequential(new Map() as never), /^sequential: layers is a Map; give an array or a plain object/],
  [() => block(new Map() as never, (_, x) => x), /^block: layers is a Map; give a plain object/],
  [() => flattenParams(new Map()), /^flattenParams: the parameters are a Map; give a plain object/],
  [() => flattenParams({ a: new Map() }), /^flattenParams: the parameter a is a Map; give a tf.Variable/],
  [() => bidirectional(relu, 1 as never), /^bidirectional: backward is 1; give a layer/],
  [() => block([] as never, (_, x) => x), /^block: layers is \[\]; give a plain object/],
  [() => flatten(tf.scalar(1)), /^flatten: the input is a scalar; give a batch/],
])('rejects anything that is not a model, layer or shape: %#', (call, message) => {
  expect(call).toThrow(message);
});

it('says what to import when no backend is registered', () => {
  const names = vi.spyOn(tf.engine(), 'backendNames').mockReturnValue([]);
  expect(() => createModel(dense({ inFeatures: 1, outFeatures: 1 }))).toThrow(
    /^createModel: no backend is registered; add import .@tenfold.backend-simd. and await tf.setBackend\('simd'\)$/,
  );
  names.mockRestore();
});
