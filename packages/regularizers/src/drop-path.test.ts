import { createRng } from '@tenfold/random';
import { checkGradient, expectClose, expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { dropPath } from './index';

const rng = () => createRng(1);

describe('dropPath', () => {
  it('drops whole examples with the given probability and scales the rest', async () => {
    const n = 10_000;
    const y = [...(await dropPath(tf.ones([n, 2]), { rate: 0.25, rng: rng() }).data())];
    const dropped = y.filter((v, i) => i % 2 === 0 && v === 0).length;
    expect(Math.abs(dropped - n * 0.25)).toBeLessThan(5 * Math.sqrt(n * 0.25 * 0.75));
    for (let i = 0; i < n; i++) expect(y[2 * i]).toBe(y[2 * i + 1]);
    expect(new Set(y)).toEqual(new Set([0, Math.fround(1 / 0.75)]));
  });

  it('sets a dropped example to 0 even if it was NaN or infinite', async () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const kept = await dropPath(tf.ones([64]), { rate: 0.5, rng: rng() }).data();
      const y = await dropPath(tf.fill([64], value), { rate: 0.5, rng: rng() }).data();
      expect([...y]).toEqual([...kept].map((v) => (v === 0 ? 0 : value)));
    }
  });

  it('keeps input and shape, leaks nothing, and returns x when nothing is dropped', async () => {
    const x = tf.ones([4, 2, 3]);
    await expectNoLeaks(() => dropPath(x, { rate: 0.5, rng: rng() }));
    await expectNoLeaks(() => tf.grad((v: tf.Tensor) => dropPath(v, { rate: 0.5, rng: rng() }))(x));
    expect(dropPath(x, { rate: 0.5, rng: rng() }).shape).toEqual([4, 2, 3]);
    expect(dropPath(x, { rate: 0 })).toBe(x);
    expect(dropPath(x, { rate: 0.5, training: false })).toBe(x);
    expect(dropPath(tf.ones([4], 'int32'), { rate: 0.5, rng: rng() }).dtype).toBe('float32');
  });

  it('has a gradient that agrees with finite differences, and a second derivative', async () => {
    const x = tf.tensor2d([1.5, -2, 0.75, 3, -1, 0.5], [6, 1]);
    const f = (v: tf.Tensor) => dropPath(v, { rate: 0.5, rng: rng() });
    await checkGradient(f, [x]);
    const m = await f(tf.ones([6, 1])).data();
    const cubed = (v: tf.Tensor) => tf.sum(tf.pow(f(v), 3)) as tf.Scalar;
    const second = tf.grad((v: tf.Tensor) => tf.sum(tf.grad(cubed)(v)))(x);
    const values = await x.data();
    await expectClose(
      second,
      [...values].map((v, i) => 6 * m[i]! ** 3 * v),
      { relative: 1e-5 },
    );
  });

  it.each([
    [
      () => (dropPath as unknown as (options: object) => unknown)({ rate: 0.5 }),
      /^dropPath: x is an object with rate; .* for a layer import \{ dropPath \} from '@tenfold\/layers'$/,
    ],
    [() => dropPath(tf.ones([2]), { rate: 1 }), /^dropPath: rate is 1; give a number in \[0, 1\)/],
    [() => dropPath(tf.ones([2]), { rate: 0.5 }), /^dropPath: rng is missing in training/],
    [() => dropPath(tf.scalar(1), { rate: 0.5 }), /^dropPath: x is a scalar; give \[batch, …\]/],
    [() => dropPath(tf.ones([2]), { p: 0.5 } as never), /^dropPath: there is no option "p"/],
  ])('shows the value and says how to fix it %#', (call, message) => {
    expect(call).toThrow(message);
  });
});
