import { checkGradient, expectClose, expectNoLeaks, golden } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import * as losses from './index';

type Loss = (labels: tf.Tensor, predictions: tf.Tensor, options?: object) => tf.Tensor;
interface Case {
  loss: keyof typeof losses;
  options: { labelSmoothing?: number; reduction: 'mean' | 'sum' | 'none' };
  weights: number[] | null;
  weightsShape?: number[];
  sparse: boolean;
  labels: number[];
  predictions: number[];
  shape: number[];
  labelsShape: number[];
  value: number[];
  seed: number[];
  gradient: number[];
}
const all = { ...losses } as Record<string, Loss>;
const cases = golden<Case[]>(new URL('../goldens/losses.json', import.meta.url));

it('has goldens for every export', () => {
  expect(new Set(cases.map((c) => c.loss))).toEqual(new Set(Object.keys(losses)));
});

const named = cases.map(
  (c, i) => [`${i} ${c.loss} ${JSON.stringify(c.options)}${c.weights ? ' weighted' : ''}`, c] as const,
);

describe.each(named)('%s', (_, c) => {
  const labels = () => tf.tensor(c.labels, c.labelsShape, c.sparse ? 'int32' : 'float32');
  const predictions = () => tf.tensor(c.predictions, c.shape);
  const weights = c.weights ? tf.tensor(c.weights, c.weightsShape ?? [c.weights.length]) : undefined;
  const loss = (y: tf.Tensor, p: tf.Tensor) => all[c.loss]!(y, p, { ...c.options, weights });

  it("has PyTorch's value", async () => {
    await expectClose(loss(labels(), predictions()), c.value, { absolute: 1e-5, relative: 1e-5 });
  });

  it("has PyTorch's gradient", async () => {
    const y = labels();
    const value = loss(y, predictions());
    const gradient = tf.grad((p: tf.Tensor) => loss(y, p))(predictions(), tf.tensor(c.seed, value.shape));
    await expectClose(gradient, c.gradient, { absolute: 1e-5, relative: 1e-5 });
  });

  it('leaks no tensor, with and without gradient', async () => {
    const [y, p] = [labels(), predictions()];
    await expectNoLeaks(() => loss(y, p));
    await expectNoLeaks(() => tf.grad((v: tf.Tensor) => loss(y, v))(p));
  });
});

describe('gradients that finite differences find, for labels too', () => {
  const labels = tf.tensor([0.1, 0.7, 0.2, 0.3, 0.3, 0.4], [2, 3]);
  const scores = tf.tensor([1.2, -0.7, 0.4, 2.1, 0.3, -1.4], [2, 3]);
  const probabilities = tf.tensor([0.5, 0.8, 0.9, 0.7, 0.6, 0.75], [2, 3]);

  it('softmaxCrossEntropy', () =>
    checkGradient((y, z) => losses.softmaxCrossEntropy(y, z, { labelSmoothing: 0.1 }), [labels, scores]));
  it('sparseSoftmaxCrossEntropy', () =>
    checkGradient((z) => losses.sparseSoftmaxCrossEntropy([2, 0], z, { reduction: 'none' }), [scores]));
  it('crossEntropy', () =>
    checkGradient((y, p) => losses.crossEntropy(y, p), [labels, probabilities], { step: 0.05 }));
  it('sparseCrossEntropy', () =>
    checkGradient((p) => losses.sparseCrossEntropy([2, 0], p), [probabilities], { step: 0.05 }));
  it('meanSquaredError', () => checkGradient((y, p) => losses.meanSquaredError(y, p), [labels, scores]));
});

describe('edges', () => {
  it('the mean of no example is 0, not NaN', async () => {
    await expectClose(losses.meanSquaredError(tf.zeros([0, 3]), tf.zeros([0, 3])), 0);
    await expectClose(losses.softmaxCrossEntropy([[1, 0]], [[0, 0]], { weights: [0] }), 0);
  });

  it('higher ranks keep all but the class axis', () => {
    const loss = losses.sparseSoftmaxCrossEntropy(tf.zeros([2, 5], 'int32'), tf.zeros([2, 5, 3]), {
      reduction: 'none',
    });
    expect(loss.shape).toEqual([2, 5]);
  });

  it('passes NaN through', async () => {
    const [value] = await losses.softmaxCrossEntropy([[1, 0]], [[Number.NaN, 0]]).data();
    expect(value).toBeNaN();
  });
});

describe('bad input', () => {
  it.each([
    [
      () => losses.softmaxCrossEntropy([1], [[0, 1]]),
      /softmaxCrossEntropy: logits have shape \[1,2\] but labels have shape \[1\];.*use sparseSoftmaxCrossEntropy/,
    ],
    [
      () => losses.sparseSoftmaxCrossEntropy([[0, 1]], [[0, 1]]),
      /sparseSoftmaxCrossEntropy: .*class indices of shape \[1\], or use softmaxCrossEntropy/,
    ],
    [() => losses.crossEntropy([[1]], [[1]], { epsilon: 0 }), /crossEntropy: epsilon is 0/],
    [
      () => losses.softmaxCrossEntropy([[1]], [[1]], { labelSmoothing: 1.5 }),
      /labelSmoothing is 1.5; give a number from 0 to 1/,
    ],
    [
      () => losses.meanSquaredError([1, 2], [1]),
      /meanSquaredError: predictions have shape \[1\] but labels have shape \[2\]/,
    ],
    [
      () => losses.meanSquaredError([1], [1], { reduction: 'avg' as 'mean' }),
      /reduction is "avg"; give 'mean', 'sum' or 'none'/,
    ],
    [
      () => losses.meanSquaredError([1], [1], { weights: [1, 2] }),
      /weights have shape \[2\] but the losses have shape \[1\]/,
    ],
  ])('says what came and what to do', (call, message) => {
    expect(call).toThrow(message);
  });
});
