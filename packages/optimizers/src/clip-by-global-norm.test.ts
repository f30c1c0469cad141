import { expectClose, expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { clipByGlobalNorm, globalNorm, sgd } from './index';

const params = { a: tf.zeros([2]), b: tf.scalar(0) };
// Plain descent at rate 1: the update is the gradient that the optimizer saw, negated.
const seen = (grads: tf.NamedTensorMap, maxNorm: number) => {
  const optimizer = clipByGlobalNorm(sgd({ learningRate: 1 }), { maxNorm });
  return optimizer.update(grads, {}, { params, step: 0 }).updates;
};

describe('globalNorm', () => {
  it('is the norm of all tensors as one vector', async () => {
    await expectClose(globalNorm({ a: tf.tensor([3, 0]), b: tf.scalar(4) }), 5);
    await expectClose(
      globalNorm({
        a: tf.tensor([
          [1, -2],
          [2, 4],
        ]),
      }),
      5,
    );
    await expectClose(globalNorm({}), 0);
    await expectClose(globalNorm({ a: tf.zeros([0]) }), 0);
  });

  it('leaks nothing', () => expectNoLeaks(() => globalNorm(params)));
});

describe('clipByGlobalNorm', () => {
  const grads = { a: tf.tensor1d([3, 0]), b: tf.scalar(-4) };

  it('scales all gradients alike, to the largest norm', async () => {
    const { a, b } = seen(grads, 1);
    await expectClose(a!, [-0.6, 0]);
    await expectClose(b!, 0.8);
  });

  it.each([5, 5.5, 1e30])('leaves gradients below %d exactly as they are', async (maxNorm) => {
    const { a, b } = seen(grads, maxNorm);
    await expectClose(a!, [-3, 0], { absolute: 0, relative: 0 });
    await expectClose(b!, 4, { absolute: 0, relative: 0 });
  });

  it('leaves gradients of zero at zero', async () => {
    await expectClose(seen({ a: tf.zeros([2]) }, 1).a!, [0, 0]);
  });

  it('passes NaN and infinity on as NaN', async () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const [value] = await seen({ ...grads, b: tf.scalar(bad) }, 1).b!.data();
      expect(value).toBeNaN();
    }
  });

  it('has the state of its optimizer, keeps its inputs and leaks nothing', async () => {
    const inner = sgd({ learningRate: 1, momentum: 0.5 });
    const optimizer = clipByGlobalNorm(inner, { maxNorm: 1 });
    await expectNoLeaks(() => {
      const state = optimizer.init(params);
      expect(Object.keys(state)).toEqual(['momentum']);
      const made = optimizer.update(grads, state, { params, step: 0 });
      expect(state.momentum!.a!.isDisposed).toBe(false);
      expect(grads.a.isDisposed).toBe(false);
      return [state, made.updates, made.state];
    });
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses maxNorm %d', (maxNorm) => {
    expect(() => clipByGlobalNorm(sgd({ learningRate: 1 }), { maxNorm })).toThrow(
      /^clipByGlobalNorm: maxNorm is .*; give a finite number above 0/,
    );
  });
});
