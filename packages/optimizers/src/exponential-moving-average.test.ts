import { expectClose, expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  accumulate,
  adam,
  applyUpdates,
  exponentialMovingAverage,
  type Schedule,
  sgd,
  stochasticWeightAveraging,
} from './index';

// Descent at rate 1 along a gradient of −1: the parameter is start, start + 1, start + 2, …
async function averages(decay: number | Schedule, steps: number): Promise<number[]> {
  const optimizer = exponentialMovingAverage(sgd({ learningRate: 1 }), { decay });
  const params = { w: tf.variable(tf.scalar(10)) };
  let state = optimizer.init(params);
  const values = [(await state.average!.w!.data())[0]!];
  for (let step = 0; step < steps; step++) {
    const grads = { w: tf.scalar(-1) };
    const result = optimizer.update(grads, state, { params, step });
    applyUpdates(params, result.updates);
    tf.dispose([grads, state]);
    state = result.state;
    values.push((await state.average!.w!.data())[0]!);
  }
  tf.dispose([params, state]);
  return values;
}

function takeScheduledStep(decay: Schedule): void {
  const optimizer = exponentialMovingAverage(sgd({ learningRate: 1 }), { decay });
  const params = { w: tf.scalar(1) };
  optimizer.update({}, optimizer.init(params), { params, step: 3 });
}

describe('exponentialMovingAverage', () => {
  it('averages the parameters after each step, starting with the initial ones', async () => {
    await expectClose(await averages(0.5, 3), [10, 10.5, 11.25, 12.125]);
  });

  it('follows the parameters at decay 0 and stays at decay 1', async () => {
    await expectClose(await averages(0, 3), [10, 11, 12, 13]);
    await expectClose(await averages(1, 3), [10, 10, 10, 10]);
  });

  it('is the mean of the steps with the schedule t/(t + 1)', async () => {
    await expectClose(await averages((t) => t / (t + 1), 4), [10, 11, 11.5, 12, 12.5]);
  });

  it('does not change the optimizer, keeps inputs, leaks nothing, averages parameters without a gradient', async () => {
    const [plain, averaged] = [adam(), exponentialMovingAverage(adam(), { decay: 0.5 })];
    const params = { a: tf.tensor1d([1, 2]), b: tf.scalar(3) };
    const grads = { a: tf.tensor1d([0.5, -1]) };
    await expectNoLeaks(async () => {
      const [plainState, state] = [plain.init(params), averaged.init(params)];
      expect(Object.keys(state)).toEqual(['mean', 'square', 'average']);
      const expected = plain.update(grads, plainState, { params, step: 0 });
      const result = averaged.update(grads, state, { params, step: 0 });
      await expectClose(result.updates.a!, expected.updates.a!, { absolute: 0, relative: 0 });
      // b had no gradient: it has missed a step of Adam.
      expect(Object.keys(result.state)).toEqual(['mean', 'square', 'missed', 'average']);
      expect(Object.keys(result.state.average!)).toEqual(['a', 'b']);
      await expectClose(result.state.average!.b!, 3);
      expect(state.average!.a!.isDisposed).toBe(false);
      return [plainState, state, expected.updates, expected.state, result.updates, result.state];
    });
  });

  it('keeps the average of a removed or frozen parameter, and starts that of an added one', async () => {
    const optimizer = exponentialMovingAverage(sgd({ learningRate: 1 }), { decay: 0.5 });
    const [early, late] = [tf.scalar(1), tf.scalar(5)];
    const state = optimizer.init({ early });
    const grads = { late: tf.scalar(2) };
    const result = optimizer.update(grads, state, { params: { late }, step: 0 });
    await expectClose(result.state.average!.early!, 1);
    await expectClose(result.state.average!.late!, 4); // half of 5, half of 3
    expect(result.state.average!.early).not.toBe(state.average!.early);
  });

  it('keeps the average of a parameter that is frozen for a while', async () => {
    for (const optimizer of [
      exponentialMovingAverage(sgd({ learningRate: 1 }), { decay: 0.5 }),
      stochasticWeightAveraging(sgd({ learningRate: 1 })),
    ]) {
      const params = { a: tf.scalar(1), b: tf.scalar(1) };
      const state = { average: { a: tf.scalar(5), b: tf.scalar(5) } };
      const info = { params, step: 1 };
      const { average } = optimizer.update({ a: tf.scalar(0) }, state, info).state;
      await expectClose(average!.a!, 3);
      await expectClose(average!.b!, 5, { absolute: 0 });
    }
    // A step without an update, as within a wrapper that accumulates, is no such step.
    const inner = accumulate(sgd({ learningRate: 1 }), { steps: 2 });
    const optimizer = exponentialMovingAverage(inner, { decay: 0.5 });
    const params = { a: tf.scalar(1) };
    const state = { ...optimizer.init(params), average: { a: tf.scalar(5) } };
    const result = optimizer.update({ a: tf.scalar(0) }, state, { params, step: 0 });
    await expectClose(result.state.average!.a!, 3);
  });

  it.each([
    [() => exponentialMovingAverage(adam(), { decay: 1.5 }), /decay is 1.5; give a number in \[0, 1\]/],
    [() => exponentialMovingAverage(adam(), { decay: '0.5' as never }), /decay is "0.5" \(a string\)/],
    [
      () => exponentialMovingAverage(exponentialMovingAverage(adam())).init({ w: tf.scalar(1) }),
      /already has the slot average; wrap one without it, and wrap it only once/,
    ],
    [
      () => takeScheduledStep(() => Number.NaN),
      /^exponentialMovingAverage: decay at step 3 is NaN; give a number in \[0, 1\]/,
    ],
    [
      () => exponentialMovingAverage(adam as never),
      /optimizer is the function adam; give an optimizer such as/,
    ],
    [() => exponentialMovingAverage(adam(), { rate: 1 } as never), /there is no option "rate"/],
  ])('shows the value and says how to fix it', (call, message) => {
    expect(call).toThrow(message);
  });
});
