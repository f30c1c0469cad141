import { expectClose, expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { clipByGlobalNorm, type Optimizer, sgd } from './index';

const params = { a: tf.zeros([2]), b: tf.scalar(0) };
// Plain descent at rate 1: the negated update is the clipped gradient.
const clip = (grads: tf.NamedTensorMap, maxNorm: number) => {
  const optimizer = clipByGlobalNorm(sgd({ learningRate: 1 }), { maxNorm });
  return optimizer.update(grads, {}, { params, step: 0 }).updates;
};

describe('clipByGlobalNorm', () => {
  const grads = { a: tf.tensor1d([3, 0]), b: tf.scalar(-4) };

  it('scales all gradients by one factor, to the largest norm', async () => {
    const { a, b } = clip(grads, 1);
    await expectClose(a!, [-0.6, 0]);
    await expectClose(b!, 0.8);
  });

  it.each([5, 5.5, 1e30])('leaves gradients below %d exactly as they are', async (maxNorm) => {
    const { a, b } = clip(grads, maxNorm);
    await expectClose(a!, [-3, 0], { absolute: 0, relative: 0 });
    await expectClose(b!, 4, { absolute: 0, relative: 0 });
  });

  it('leaves gradients of zero at zero', async () => {
    await expectClose(clip({ a: tf.zeros([2]) }, 1).a!, [0, 0]);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'makes all gradients NaN if one element is %d',
    async (bad) => {
      const { a, b } = clip({ a: tf.tensor1d([bad, 1]), b: tf.scalar(2) }, 1);
      expect([...(await a!.data()), ...(await b!.data())]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    },
  );

  // The squares of these exceed the range of float32, and so does the norm of the last.
  it.each([1e-30, 3e20, 1e30, 3e37])('scales gradients of magnitude %d like all others', async (size) => {
    const unit = Math.min(size, 1);
    const { a, b } = clip({ a: tf.tensor1d([3 * size, 0]), b: tf.scalar(-4 * size) }, unit);
    await expectClose(a!, [-0.6 * unit, 0], { absolute: 0, relative: 1e-5 });
    await expectClose(b!, 0.8 * unit, { absolute: 0, relative: 1e-5 });
  });

  it('scales gradients whose norm exceeds float32', async () => {
    const { a, b } = clip({ a: tf.tensor1d([3e38, 3e38]), b: tf.scalar(-3e38) }, 1);
    await expectClose(a!, [-Math.sqrt(1 / 3), -Math.sqrt(1 / 3)]);
    await expectClose(b!, Math.sqrt(1 / 3));
  });

  it('works with an optimizer that is an instance of a class', async () => {
    class Plain implements Optimizer {
      private readonly rate = 1;
      init() {
        return { calls: { a: tf.scalar(this.rate) } };
      }
      update(grads: tf.NamedTensorMap, state: ReturnType<Plain['init']>) {
        return {
          updates: { a: tf.mul(grads.a!, -this.rate) },
          state: { calls: { a: tf.clone(state.calls.a) } },
        };
      }
    }
    const optimizer = clipByGlobalNorm(new Plain() as Optimizer, { maxNorm: 1 });
    const { init, update } = optimizer;
    await expectClose(
      update({ a: tf.tensor1d([3, 4]) }, init(params), { params, step: 0 }).updates.a!,
      [-0.6, -0.8],
    );
  });

  it('has the state of its optimizer, keeps its inputs and leaks nothing', async () => {
    const inner = sgd({ learningRate: 1, momentum: 0.5 });
    const optimizer = clipByGlobalNorm(inner, { maxNorm: 1 });
    await expectNoLeaks(() => {
      const state = optimizer.init(params);
      expect(Object.keys(state)).toEqual(['momentum']);
      const result = optimizer.update(grads, state, { params, step: 0 });
      expect(state.momentum!.a!.isDisposed).toBe(false);
      expect(grads.a.isDisposed).toBe(false);
      return [state, result.updates, result.state];
    });
  });

  it('rejects anything that is not an optimizer, and unknown options', () => {
    const wrong = (value: unknown) => value as never;
    for (const value of [sgd, undefined, 'adam', {}]) {
      expect(() => clipByGlobalNorm(wrong(value), { maxNorm: 1 })).toThrow(
        /^clipByGlobalNorm: optimizer is .*; give an optimizer such as adam\(\)/,
      );
    }
    expect(() => clipByGlobalNorm(sgd({ learningRate: 1 }), wrong({ max_norm: 1 }))).toThrow(
      /^clipByGlobalNorm: there is no option "max_norm"; did you mean maxNorm/,
    );
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('rejects maxNorm %d', (maxNorm) => {
    expect(() => clipByGlobalNorm(sgd({ learningRate: 1 }), { maxNorm })).toThrow(
      /^clipByGlobalNorm: maxNorm is .*; give a finite number above 0/,
    );
  });
});
