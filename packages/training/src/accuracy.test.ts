import { expectClose, expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { accuracy, binaryAccuracy } from './index';

const scores = () =>
  tf.tensor([
    [1, 2],
    [3, 0],
    [0, 1],
    [5, 4],
  ]);

describe('accuracy', () => {
  it('counts correct predictions', async () => {
    await expectClose(accuracy(tf.tensor([1, 0, 0, 1], [4], 'int32'), scores()), 0.5);
    await expectClose(accuracy([1, 0, 1, 0], scores()), 1);
    await expectClose(accuracy([[1], [0], [1], [1]], tf.reshape(scores(), [4, 1, 2])), 0.75);
  });

  it('accepts probabilities as labels', async () => {
    const labels = tf.tensor([
      [0.3, 0.7],
      [1, 0],
      [0.6, 0.4],
      [0, 1],
    ]);
    await expectClose(accuracy(labels, scores()), 0.5);
  });

  it.each([
    ['out of range', [1, 0, 2, 0]],
    ['negative', [1, 0, -1, 0]],
    ['NaN', [1, 0, Number.NaN, 0]],
    ['a fraction', [1, 0, 0.7, 0]],
    [
      'no class at all',
      [
        [0, 1],
        [1, 0],
        [0, 0],
        [1, 0],
      ],
    ],
    [
      'NaN among probabilities',
      [
        [0, 1],
        [1, 0],
        [Number.NaN, Number.NaN],
        [1, 0],
      ],
    ],
  ])('is NaN for a label that is %s', async (_, labels) => {
    expect((await accuracy(labels as number[], scores()).data())[0]).toBeNaN();
  });

  it('is NaN for NaN scores, but not for infinite ones', async () => {
    expect((await accuracy([0], tf.fill([1, 3], Number.NaN)).data())[0]).toBeNaN();
    expect(
      (
        await accuracy(
          [0, 0],
          tf.tensor([
            [1, 0],
            [2, Number.NaN],
          ]),
        ).data()
      )[0],
    ).toBeNaN();
    await expectClose(accuracy([0], tf.tensor([[1, Number.NEGATIVE_INFINITY]])), 1);
  });

  it.each([
    [tf.tensor([[1, 0]]), scores, /labels have shape \[1,2\]; give class indices of shape \[4\]/],
    [
      scores(),
      () => tf.tensor([1, 0, 0, 1]),
      /predictions have shape \[4\] but labels .* \[4,2\]; labels come first/,
    ],
    [
      tf.tensor([1, 0]),
      () => tf.tensor([[1], [2]]),
      /\[2,1\]; give scores of at least two classes .* use binaryAccuracy/,
    ],
    [tf.tensor([0]), () => tf.zeros([1, 0]), /\[1,0\]; give scores of at least two classes/],
    [tf.scalar(0), () => tf.scalar(0), /predictions have shape \[\]/],
  ])('rejects shapes that do not fit', (labels, predictions, message) => {
    expect(() => accuracy(labels, predictions())).toThrow(message);
  });

  it('leaves no tensor', async () => {
    const [labels, predictions] = [tf.tensor([1, 0, 0, 1], [4], 'int32'), scores()];
    await expectNoLeaks(() => accuracy(labels, predictions));
    await expectNoLeaks(() => void expect(() => accuracy(predictions, labels)).toThrow());
    await expectNoLeaks(() => accuracy([1], [[0, 1]]));
  });
});

describe('binaryAccuracy', () => {
  it('compares a score with a threshold', async () => {
    const logits = tf.tensor([[1.5], [-2], [0.1], [-0.1]]);
    await expectClose(binaryAccuracy([1, 0, 1, 1], logits), 0.75);
    await expectClose(binaryAccuracy([[1], [0], [1], [1]], tf.sigmoid(logits), { threshold: 0.5 }), 0.75);
    await expectClose(binaryAccuracy(tf.tensor([1, 0], [2], 'int32'), [3, -3]), 1);
  });

  it('is NaN for other labels and for NaN scores', async () => {
    expect((await binaryAccuracy([2], [1]).data())[0]).toBeNaN();
    expect((await binaryAccuracy([Number.NaN], [1]).data())[0]).toBeNaN();
    expect((await binaryAccuracy([0, 0], [-1, Number.NaN]).data())[0]).toBeNaN();
  });

  it('rejects shapes and options that do not fit', () => {
    expect(() => binaryAccuracy([1, 0], tf.zeros([2, 2]))).toThrow(
      /\[2,2\] but labels have shape \[2\]; give one score/,
    );
    expect(() => binaryAccuracy([1], [1], { threshold: Number.NaN })).toThrow(/threshold is NaN/);
    expect(() => binaryAccuracy([1], [1], { Threshold: 1 } as never)).toThrow(/did you mean threshold/);
  });
});
