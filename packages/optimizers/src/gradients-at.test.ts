import { expectClose } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  accumulate,
  applyUpdates,
  cautious,
  centralize,
  clipAdaptively,
  clipByGlobalNorm,
  clipByNorm,
  clipByValue,
  gaussNewtonBartlett,
  lbfgs,
  type Optimizer,
  partition,
  sam,
  scheduleFree,
  sgd,
  sophia,
} from './index';

const isGpu = tf.getBackend() === 'webgpu';

/** A step on the loss of a variable w, [2, 2]. */
function take(optimizer: Optimizer, loss: (w: tf.Variable) => tf.Tensor, step = 0): tf.Tensor {
  return tf.tidy(() => {
    const w = tf.variable(tf.tensor2d([1, 2, 3, 4], [2, 2]));
    const { value, grads } = tf.variableGrads(() => loss(w) as tf.Scalar, [w]);
    const info = { params: { w }, step, value, loss: () => loss(w) };
    const { updates } = optimizer.update({ w: grads[w.name]! }, optimizer.init({ w }), info);
    w.dispose();
    return updates.w!;
  });
}

const steep = (w: tf.Tensor) => tf.sum(tf.mul(tf.square(w), [1000, -10]));
const norm = async (x: tf.Tensor) => Math.hypot(...(await x.data()));

describe('wrappers that change gradients', () => {
  const descent = () => sam(sgd({ learningRate: 1 }));

  it('change those that sam computes at another point', async () => {
    const byValue = await take(clipByValue(descent(), { maxValue: 0.1 }), steep).data();
    expect(Math.max(...byValue.map(Math.abs))).toBeCloseTo(0.1);
    expect(await norm(take(clipByNorm(descent(), { maxNorm: 1 }), steep))).toBeCloseTo(1);
    expect(await norm(take(clipByGlobalNorm(descent(), { maxNorm: 1 }), steep))).toBeCloseTo(1);
    // The norms of the columns of w are √10 and √20.
    const adaptive = take(clipAdaptively(descent(), { clipping: 0.1 }), steep);
    await expectClose(tf.norm(adaptive, 2, 0), [Math.sqrt(0.1), Math.sqrt(0.2)]);
    await expectClose(tf.sum(take(centralize(descent()), steep), 0), [0, 0], { absolute: 1e-2 });
    // The inner one is the last, through any other wrapper.
    const both = partition([], clipByNorm(partition([], descent()), { maxNorm: 1 }));
    expect(await norm(take(clipByValue(both, { maxValue: 0.1 }), steep))).toBeCloseTo(0.2);
  });

  it('do not change an estimate of the Hessian', async () => {
    const options = { learningRate: 1, gamma: 1, every: 1, beta1: 0, beta2: 0 };
    const loss = (w: tf.Tensor) => tf.sum(tf.square(w));
    const clip = (optimizer: Optimizer) => clipByValue(optimizer, { maxValue: 0.5 });
    await expectClose(take(clip(sophia(options)), loss), tf.fill([2, 2], -0.25));
    const w = tf.tidy(() => tf.variable(tf.ones([1])));
    const hessian = gaussNewtonBartlett(() => tf.sum(tf.mul(w, 3)), { batchSize: 1 });
    const optimizer = clip(sophia({ ...options, hessian }));
    const info = { params: { w }, step: 0 };
    await expectClose(optimizer.update({ w: tf.ones([1]) }, optimizer.init({ w }), info).updates.w!, [
      -0.5 / 9,
    ]);
    w.dispose();
  });

  // On a GPU lbfgs is refused, see several-points.test.ts.
  it.skipIf(isGpu)('change those of the line search of lbfgs', () => {
    const optimizer = clipByGlobalNorm(lbfgs(), { maxNorm: 1 });
    const w = tf.tidy(() => tf.variable(tf.tensor1d([100, -100])));
    const loss = () => tf.sum(tf.mul(tf.square(w), [1, 3])) as tf.Scalar;
    let state = optimizer.init({ w });
    const losses: number[] = [];
    for (let step = 0; step < 60; step++) {
      const { value, grads } = tf.variableGrads(loss, [w]);
      losses.push(value.dataSync()[0]!);
      const info = { params: { w }, step, value, loss };
      const next = optimizer.update({ w: grads[w.name]! }, state, info);
      applyUpdates({ w }, next.updates);
      state = next.state;
    }
    expect(losses.every((loss, i) => i === 0 || loss <= losses[i - 1]!)).toBe(true);
    expect(losses.at(-1)).toBeLessThan(1e-3);
    tf.dispose([w, state]);
  });
});

it.each<[string, () => Optimizer]>([
  ['sam', () => sam(sgd({ learningRate: 1 }))],
  ['hutchinson', () => sophia()],
  ...(isGpu ? [] : [['lbfgs', () => lbfgs()] satisfies [string, () => Optimizer]]),
])('%s says when its loss disposes a parameter', (name, create) => {
  const dispose = (w: tf.Variable) => {
    const value = steep(w);
    if (++calls === 2) w.dispose();
    return value;
  };
  let calls = 0;
  expect(() => take(create(), dispose)).toThrow(
    `${name}: w was disposed while the loss was computed again; dispose the model after its last use`,
  );
});

describe('scheduleFree', () => {
  it.each<[string, () => Optimizer]>([
    ['sam', () => sam(sgd({ learningRate: 1 }))],
    ['hutchinson', () => sophia()],
    ['lbfgs', () => lbfgs()],
    ['the optimizer', () => sophia({ hessian: ({ loss }) => ({ w: loss!() }) })],
  ])('refuses %s, which computes the loss again', (by, create) => {
    const message = `scheduleFree: ${by} computes the loss again, but `;
    expect(() => take(scheduleFree(create()), steep)).toThrow(message);
    expect(() => take(scheduleFree(cautious(create())), steep)).toThrow('as in sam(scheduleFree(sgd(…)))');
  });
});

describe('accumulate', () => {
  const wrap = (optimizer: Optimizer) => accumulate(cautious(optimizer), { steps: 2 });

  it.each<[string, () => Optimizer]>([
    ['sam', () => sam(sgd({ learningRate: 1 }))],
    ['lbfgs', () => lbfgs()],
  ])('refuses %s, which computes gradients at other points', (by, create) => {
    expect(() => take(wrap(create()), steep, 1)).toThrow(
      `${by}: the gradients are accumulated over several steps, but the loss is that of the last one; let an`,
    );
  });

  it('takes an estimate of the last step, and an optimizer that computes gradients at once', async () => {
    const options = { learningRate: 1, gamma: 1, every: 1, beta1: 0, beta2: 0 };
    const update = take(wrap(sophia(options)), (w) => tf.sum(tf.square(w)), 1);
    await expectClose(update, tf.fill([2, 2], -1));
    const once = accumulate(sam(sgd({ learningRate: 1e-3 })), { steps: 1 });
    expect((await take(once, steep).data()).every(Number.isFinite)).toBe(true);
  });
});

it.each<[string, (optimizer: Optimizer) => Optimizer]>([
  ['accumulate', (optimizer) => accumulate(optimizer, { steps: 2 })],
  ['scheduleFree', (optimizer) => scheduleFree(optimizer)],
])('sam takes %s', async (_, wrap) => {
  const update = take(sam(wrap(sgd({ learningRate: 1e-3 }))), steep, 1);
  expect((await update.data()).every((x) => Number.isFinite(x) && x !== 0)).toBe(true);
});

it('scheduleFree refuses an estimate with a loss that the caller gives', () => {
  const sampled = () => tf.scalar(1);
  const optimizer = scheduleFree(sophia({ hessian: gaussNewtonBartlett(sampled, { batchSize: 1 }) }));
  expect(() => take(optimizer, steep)).toThrow(/^scheduleFree: gaussNewtonBartlett computes the loss again/);
});
