import { createRng } from '@tenfold/random';
import { expectClose, expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { rrelu } from './rrelu';

const train = (seed: number, options: object = {}) => ({ training: true, rng: createRng(seed), ...options });

it('draws a slope for each negative entry, uniformly from the range', async () => {
  const values = await rrelu(tf.fill([4000], -1), train(1, { lower: 0.2, upper: 0.6 })).data();
  const slopes = Array.from(values, (value) => -value);
  expect(Math.min(...slopes)).toBeGreaterThanOrEqual(0.2);
  expect(Math.max(...slopes)).toBeLessThan(0.6 + 1e-6);
  const mean = slopes.reduce((sum, slope) => sum + slope, 0) / 4000;
  expect(Math.abs(mean - 0.4)).toBeLessThan(0.01); // 5 standard errors
});

it('keeps positive entries, and draws the same slopes from the same stream', async () => {
  const x = tf.tensor([-1, 2, -3, 4]);
  const first = await rrelu(x, train(7)).data();
  expect([first[1], first[3]]).toEqual([2, 4]);
  expect(await rrelu(x, train(7)).data()).toEqual(first);
  expect(await rrelu(x, train(8)).data()).not.toEqual(first);
});

it('has the slopes it has drawn as its gradient', async () => {
  const x = tf.tensor([-1, 2, -3, 4]);
  const slopes = tf.div(rrelu(x, train(7)), x);
  await expectClose(tf.grad((x: tf.Tensor) => rrelu(x, train(7)))(x), slopes);
});

it('says what is wrong', async () => {
  await expectNoLeaks(() => {
    expect(() => rrelu([1], { training: true })).toThrow(/rrelu: rng is missing in training; give/);
    expect(() => rrelu([1], { lower: 1, upper: 0 })).toThrow(
      /rrelu: lower is 1 and upper is 0; give a lower/,
    );
  });
});
