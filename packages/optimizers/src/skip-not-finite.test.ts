import { expectClose, expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  accumulate,
  adam,
  adamW,
  cautious,
  clipAdaptively,
  clipByNorm,
  lookahead,
  partition,
  scheduleFree,
  sgd,
  skipNotFinite,
  stochasticWeightAveraging,
} from './index';

const params = () => ({ a: tf.tensor1d([1, -2]), b: tf.scalar(3) });

describe('skipNotFinite', () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'changes no parameter and no slot where an element of a gradient is %d',
    async (bad) => {
      const wrapped = lookahead(partition([{ match: (_, p) => p.rank === 0, optimizer: adamW() }], adam()));
      const optimizer = skipNotFinite(wrapped);
      await expectNoLeaks(async () => {
        const parameters = params();
        const good = { a: tf.tensor1d([0.5, 1]), b: tf.scalar(-1) };
        const start = optimizer.init(parameters);
        const { state, updates } = optimizer.update(good, start, { params: parameters, step: 0 });
        const grads = { a: tf.tensor1d([bad, 1]), b: tf.scalar(2) };
        const result = optimizer.update(grads, state, { params: parameters, step: 1 });
        for (const update of Object.values(result.updates)) {
          expect([...(await update.data())].every((x) => x === 0)).toBe(true);
        }
        for (const [slot, tensors] of Object.entries(state)) {
          for (const [name, tensor] of Object.entries(tensors)) {
            await expectClose(result.state[slot]![name]!, tensor, { absolute: 0, relative: 0 });
          }
        }
        return [parameters, good, grads, start, state, updates, result.updates, result.state];
      });
    },
  );

  it('steps as the wrapped optimizer where gradients are finite, and starts late slots without a NaN', async () => {
    const parameters = params();
    const [plain, optimizer] = [adam(), skipNotFinite(adam())];
    const grads = { a: tf.tensor1d([3e30, 1]) };
    const expected = plain.update(grads, plain.init(parameters), { params: parameters, step: 0 });
    const found = optimizer.update(grads, optimizer.init(parameters), { params: parameters, step: 0 });
    await expectClose(found.updates.a!, expected.updates.a!, { absolute: 0, relative: 0 });
    const late = { b: tf.scalar(Number.NaN) };
    const next = optimizer.update(late, optimizer.init({}), { params: parameters, step: 5 });
    await expectClose(next.state.square!.b!, 0);
    await expectClose(next.updates.b!, 0);
  });
});

const descent = sgd({ learningRate: 1 });

it.each<[string, () => unknown, RegExp]>([
  ['accumulate', () => accumulate(descent, { steps: 0 }), /^accumulate: steps is 0; give an integer of at/],
  ['cautious', () => cautious(adam as never), /^cautious: optimizer is the function adam; give an optimizer/],
  ['clipAdaptively', () => clipAdaptively(descent, { clipping: 0 }), /^clipAdaptively: clipping is 0; give/],
  [
    'clipAdaptively for no parameter',
    () => clipAdaptively(descent, { only: /kernel/ }).init(params()),
    /^clipAdaptively: only is \/kernel\/, which matches none of the parameters a, b/,
  ],
  ['clipByNorm', () => clipByNorm(descent, {} as never), /^clipByNorm: maxNorm is missing; give a finite/],
  [
    'lookahead',
    () => lookahead(descent, { slowRate: 0 }),
    /^lookahead: slowRate is 0; give a number in \(0, 1\]/,
  ],
  [
    'scheduleFree',
    () => scheduleFree(descent, { beta: 1 }),
    /^scheduleFree: beta is 1; give a number in \(0, 1\)/,
  ],
  [
    'scheduleFree of an average',
    () => scheduleFree(stochasticWeightAveraging(descent)).init(params()),
    /^scheduleFree: the optimizer already has the slot average; wrap one without it/,
  ],
  [
    'averages of averages',
    () => stochasticWeightAveraging(stochasticWeightAveraging(descent)).init(params()),
    /^stochasticWeightAveraging: the optimizer already has the slot average; wrap one without it, and wrap it only once/,
  ],
])('%s refuses what it cannot use', (_, call, message) => {
  expect(call).toThrow(message);
});

it('scheduleFree weights its points by the square of the largest rate so far', async () => {
  const learningRate = (step: number) => [1, 2, 1][step]!;
  const optimizer = scheduleFree(sgd({ learningRate }), { learningRate });
  let [state, w] = [optimizer.init({ w: tf.scalar(0) }), 0];
  for (let step = 0; step < 3; step++) {
    const parameters = { w: tf.scalar(w) };
    const result = optimizer.update({ w: tf.scalar(-1) }, state, { params: parameters, step });
    state = result.state;
    w += (await result.updates.w!.data())[0]!;
  }
  // The points are 1, 3, 4, their weights 1, 4, 4.
  await expectClose(state.average!.w!, (1 + 4 * 3 + 4 * 4) / 9);
  await expectClose(w, 0.1 * 4 + 0.9 * (29 / 9));
});
