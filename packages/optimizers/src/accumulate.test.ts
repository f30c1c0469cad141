import { expectClose, expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { accumulate, type OptimizerState, sgd } from './index';

const params = () => ({ a: tf.scalar(0), b: tf.scalar(0) });
const optimizer = accumulate(sgd({ learningRate: 1 }), { steps: 2 });

/** The updates of a for steps with gradients of 1, in which b has a gradient where it is trained. */
async function updatesOf(trained: boolean[], skipped: readonly number[] = []): Promise<number[]> {
  const found: number[] = [];
  await expectNoLeaks(async () => {
    const parameters = params();
    let state: OptimizerState = optimizer.init(parameters);
    for (const [step, isTrained] of trained.entries()) {
      const grads: tf.NamedTensorMap = { b: tf.scalar(1), ...(isTrained && { a: tf.scalar(1) }) };
      const next = optimizer.update(grads, state, { params: parameters, step });
      const update = next.updates.a;
      if (update) found.push((await update.data())[0]!);
      tf.dispose([grads, next.updates]);
      // As a trainer on a GPU, which counts a step that is not finite but keeps the state before it.
      const isTaken = !skipped.includes(step);
      tf.dispose(isTaken ? state : next.state);
      if (isTaken) state = next.state;
    }
    return [parameters, state];
  });
  return found;
}

it('gives the mean of the gradients since the last update, where a parameter was frozen in between', async () => {
  expect(await updatesOf([true, true, true, true])).toEqual([-1, -1]);
  expect(await updatesOf([true, false, false, false, true, true])).toEqual([-1]);
});

it('leaves out of the mean what a trainer did not take', async () => {
  expect(await updatesOf([true, true, true, true], [0])).toEqual([-1, -1]);
  expect(await updatesOf([true, true, true, true], [1])).toEqual([-1, -1]);
});

it('refuses an optimizer that accumulates', () => {
  expect(() => accumulate(optimizer, { steps: 2 }).init(params())).toThrow(
    /^accumulate: the optimizer already has the slot gradientSum; wrap one without it, and wrap it only once$/,
  );
});

it('has the number of gradients as a slot', async () => {
  const parameters = params();
  const { state } = optimizer.update({ a: tf.scalar(1) }, optimizer.init(parameters), {
    params: parameters,
    step: 0,
  });
  await expectClose(state.gradientCount!.a!, 1);
  await expectClose(state.gradientCount!.b!, 0);
});
