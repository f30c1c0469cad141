import { createRng } from '@tenfold/random';
import { checkGradient, expectClose, expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { createModel, dense, gru, spectralNorm, weightNorm } from '../index';

const linear = () => dense({ inFeatures: 4, outFeatures: 3 });
const x = tf.tensor(createRng(2).fillNormal(new Float32Array(8)), [2, 4]);

it('starts as the layer itself with weight normalization', async () => {
  const model = createModel(weightNorm(linear()), { seed: 3 });
  await expectClose(model.predict(x), createModel(linear(), { seed: 3 }).predict(x));
  expect(Object.keys(model.trainable())).toEqual(['layer.kernel', 'layer.bias', 'magnitude']);
});

it('normalizes a parameter within others by its path', async () => {
  const cell = () => gru({ inFeatures: 4, units: 2 });
  const wrapped = createModel(weightNorm(cell(), { parameter: 'recurrent.kernel' }), { seed: 3 });
  const steps = tf.reshape(x, [1, 2, 4]);
  await expectClose(wrapped.predict(steps), createModel(cell(), { seed: 3 }).predict(steps));
});

describe('spectral normalization', () => {
  const model = createModel(spectralNorm(linear()), { seed: 3 });
  const { layer, left, right } = model.params;

  it('makes the largest singular value 1', async () => {
    for (let i = 0; i < 30; i++) tf.dispose(model.apply(x, { training: true }));
    // Without the bias, the layer maps the singular vector v of its inputs to u of its outputs.
    const image = tf.sub(model.predict(tf.reshape(right, [1, 4])), layer.bias!);
    await expectClose(image, tf.reshape(left, [1, 3]), { absolute: 1e-4 });
    await expectClose(tf.norm(left), 1);
  });

  it('changes its vectors in training only', async () => {
    const fresh = createModel(spectralNorm(linear()), { seed: 5 });
    const before = [...(await fresh.params.left.data())];
    fresh.predict(x);
    expect([...(await fresh.params.left.data())]).toEqual(before);
    fresh.params.left.assign(tf.tensor([1, 0, 0]));
    fresh.params.right.assign(tf.tensor([1, 0, 0, 0]));
    fresh.apply(x, { training: true });
    expect([...(await fresh.params.left.data())]).not.toEqual([1, 0, 0]);
    expect(Object.keys(fresh.trainable())).toEqual(['layer.kernel', 'layer.bias']);
  });

  it('has first and second derivatives outside of training', async () => {
    const network = spectralNorm(linear());
    const f = (x: tf.Tensor, kernel: tf.Tensor) =>
      network.apply({ ...model.params, layer: { ...layer, kernel: kernel as tf.Variable } }, x, {
        training: false,
      });
    await checkGradient(f, [x, layer.kernel]);
    const squares = (x: tf.Tensor, kernel: tf.Tensor) => tf.mean(tf.square(f(x, kernel)));
    const gradient = (...inputs: tf.Tensor[]) =>
      tf.concat(
        tf
          .grads(squares)(inputs)
          .map((part) => tf.reshape(part, [-1])),
      );
    await checkGradient(gradient, [x, layer.kernel], { tolerance: 5e-3 });
  });

  it('leaks nothing', async () => {
    await expectNoLeaks(() => {
      for (let i = 0; i < 5; i++) {
        tf.dispose(tf.variableGrads(() => tf.sum(model.apply(x, { training: true })) as tf.Scalar));
      }
    });
  });
});

it.each<[() => unknown, RegExp]>([
  [
    () => createModel(weightNorm(linear(), { parameter: 'weight' })),
    /^weightNorm: the layer has no parameter "weight"; give parameter the name of one/,
  ],
  [
    () => createModel(spectralNorm(linear(), { parameter: 'bias' })),
    /^spectralNorm: the parameter "bias" has shape \[3\]; give one of at least two axes/,
  ],
  [() => spectralNorm(linear(), { iterations: 0 }), /^spectralNorm: iterations is 0; give an integer/],
])('refuses wrong parameters and leaves no variable: %#', async (call, message) => {
  await expectNoLeaks(() => {
    expect(call).toThrow(message);
  });
});
