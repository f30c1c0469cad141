import { expectClose, expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { applyUpdates, constrain, sgd } from './index';

const clip = (w: tf.Tensor) => tf.clipByValue(w, -1, 1);
const params = () => ({
  'a.kernel': tf.tidy(() => tf.variable(tf.tensor2d([[0.5, -0.5]]))),
  'a.bias': tf.tidy(() => tf.variable(tf.tensor1d([3]))),
});
const grads = () => ({ 'a.kernel': tf.tensor2d([[-2, 0.25]]), 'a.bias': tf.tensor1d([-1]) });
const descent = sgd({ learningRate: 1 });

it.each([
  ['all', {}, [1, -0.75], [1]],
  ['those that match', { only: /kernel$/ }, [1, -0.75], [4]],
] as const)('maps %s to allowed values after a step', async (_, options, kernel, bias) => {
  await expectNoLeaks(async () => {
    const [parameters, gradients, optimizer] = [params(), grads(), constrain(descent, clip, options)];
    const state = optimizer.init(parameters);
    const next = optimizer.update(gradients, state, { params: parameters, step: 0 });
    applyUpdates(parameters, next.updates);
    await expectClose(parameters['a.kernel'], [...kernel], { absolute: 0, relative: 0 });
    await expectClose(parameters['a.bias'], [...bias], { absolute: 0, relative: 0 });
    return [parameters, gradients, state, next.state];
  });
});

it('leaves a parameter without an update, and finds the nearest allowed point of a quadratic', async () => {
  const w = tf.variable(tf.tensor1d([0, 0]));
  const optimizer = constrain(sgd({ learningRate: 0.25 }), clip);
  for (let step = 0; step < 40; step++) {
    const gradient = tf.tidy(() => tf.mul(tf.sub(w, [3, 0.5]), 2));
    const { updates } = optimizer.update({ w: gradient }, {}, { params: { w, frozen: w }, step });
    expect(Object.keys(updates)).toEqual(['w']);
    applyUpdates({ w }, updates);
  }
  await expectClose(w, [1, 0.5], { absolute: 1e-6 });
});

it('names what it cannot use, and leaves nothing behind', async () => {
  const wrong = (value: unknown) => value as never;
  expect(() => constrain(wrong(sgd), clip)).toThrow(
    /^constrain: optimizer is the function sgd; give an optim/,
  );
  expect(() => constrain(descent, wrong(2))).toThrow(
    /^constrain: constraint is 2; give a function from a tensor to a tensor, such as maxNorm\(\)/,
  );
  expect(() => constrain(descent, clip, wrong({ match: /a/ }))).toThrow(
    /^constrain: there is no option "match"/,
  );
  expect(() => constrain(descent, clip, { only: /weight$/ }).init(params())).toThrow(
    /^constrain: only is \/weight\$\/, which matches none of the parameters a.kernel, a.bias; give one that matches$/,
  );
  const [parameters, gradients] = [params(), grads()];
  const update = (constraint: unknown) =>
    constrain(descent, wrong(constraint)).update(gradients, {}, { params: parameters, step: 0 });
  await expectNoLeaks(() => {
    expect(() => update(() => 1)).toThrow(
      /^constrain: the constraint of a.kernel returned 1; return a tensor of shape \[1,2\]$/,
    );
    expect(() => update((w: tf.Tensor) => tf.sum(w))).toThrow(
      /^constrain: the constraint of a.kernel returned/,
    );
  });
});
