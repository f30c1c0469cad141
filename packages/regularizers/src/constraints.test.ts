import { expectClose, expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { maxNorm, minMaxNorm, nonNegative, unitNorm } from './index';

// Units of the norms 5, 0, 0.5 and 13.
const kernel = tf.tensor2d([
  [3, 0, 0.3, 5],
  [-4, 0, 0.4, -12],
]);
const every = [
  ['maxNorm', maxNorm({ maximum: 2 }), [1.2, 0, 0.3, 10 / 13, -1.6, 0, 0.4, -24 / 13]],
  [
    'minMaxNorm',
    minMaxNorm({ minimum: 1, maximum: 2, rate: 0.5 }),
    [2.1, 0, 0.45, 37.5 / 13, -2.8, 0, 0.6, -90 / 13],
  ],
  ['nonNegative', nonNegative(), [3, 0, 0.3, 5, 0, 0, 0.4, 0]],
  ['unitNorm', unitNorm(), [0.6, 0, 0.6, 5 / 13, -0.8, 0, 0.8, -12 / 13]],
] as const;

describe.each(every)('%s', (name, constraint, expected) => {
  it('has the values of its formula, and leaves what is allowed', async () => {
    const w = constraint(kernel);
    await expectClose(w, [...expected], { relative: 1e-6 });
    if (name !== 'minMaxNorm') await expectClose(constraint(w), w, { relative: 1e-6 });
  });

  it('takes the filters of a convolution as units, and a bias as one', async () => {
    const filters = tf.reshape(tf.stack([kernel, tf.zerosLike(kernel)], 1), [2, 1, 2, 4]);
    const [spread, plain] = [constraint(filters), constraint(kernel)];
    await expectClose(tf.sum(spread, 2), await plain.data(), { relative: 1e-6 });
    const bias = tf.tensor1d([0.3, -0.4]);
    if (name === 'unitNorm') await expectClose(constraint(bias), [0.6, -0.8], { relative: 1e-6 });
    expect(constraint(tf.zeros([0, 3])).shape).toEqual([0, 3]);
    expect(constraint(tf.scalar(2)).shape).toEqual([]);
  });

  it('keeps digits where squares overflow or vanish, and NaN', async () => {
    const w = tf.tensor2d([
      [3e25, 3e-25],
      [4e25, 4e-25],
    ]);
    expect((await constraint(w).data()).every(Number.isFinite)).toBe(true);
    if (name === 'unitNorm') await expectClose(constraint(w), [0.6, 0.6, 0.8, 0.8], { relative: 1e-6 });
    expect((await constraint(tf.tensor1d([Number.NaN])).data())[0]).toBeNaN();
  });

  it('keeps every bit of what is allowed, also where it has moved weights before', async () => {
    const small = tf.mul(tf.randomNormal([64, 32], 0, 0.01, 'float32', 3), name === 'minMaxNorm' ? 17 : 1);
    const allowed = name === 'nonNegative' ? tf.abs(small) : name === 'unitNorm' ? constraint(small) : small;
    expect(await constraint(allowed).data()).toEqual(await allowed.data());
    if (name === 'minMaxNorm') return; // moves half of the way again
    const moved = constraint(tf.mul(small, 1000));
    expect(await constraint(moved).data()).toEqual(await moved.data());
  });

  it('scales units whose norm is above the range of float32', async () => {
    const w = [[3e38], [3e38]];
    const expected = { maxNorm: Math.SQRT2, minMaxNorm: 1.5e38, nonNegative: 3e38, unitNorm: Math.SQRT1_2 };
    await expectClose(constraint(w), [expected[name], expected[name]], { relative: 1e-6 });
    const whole = minMaxNorm({ maximum: 2 })(w);
    await expectClose(whole, [Math.SQRT2, Math.SQRT2], { relative: 1e-6 });
  });

  it('keeps its input and leaks nothing', async () => {
    await expectNoLeaks(() => constraint(kernel));
    expect(kernel.isDisposed).toBe(false);
    expect(() => constraint('w' as never)).toThrow(`${name}: w is "w"; give a tensor`);
  });
});

it.each([
  [() => maxNorm({ maximum: 0 }), /^maxNorm: maximum is 0; give a finite number above 0/],
  [() => maxNorm({ limit: 2 } as never), /^maxNorm: there is no option "limit"/],
  [
    () => minMaxNorm({ minimum: 2 }),
    /^minMaxNorm: minimum is 2 but maximum is 1; give a minimum of at most maximum$/,
  ],
  [() => minMaxNorm({ rate: 0 }), /^minMaxNorm: rate is 0; give a number in \(0, 1\]/],
  // As constrain(adam(), maxNorm) calls it.
  [
    () => maxNorm(kernel as never),
    /^the function maxNorm was given without a call: .* a tensor float32 \[2,4\]; give maxNorm\(\)$/,
  ],
  [() => minMaxNorm(kernel as never), /^the function minMaxNorm was given without a call/],
  [() => (unitNorm as (w: unknown) => unknown)(kernel), /^the function unitNorm was given without a call/],
  [
    () => (nonNegative as (w: unknown) => unknown)(kernel),
    /^the function nonNegative was given without a call/,
  ],
])('refuses %s', (make, message) => {
  expect(make).toThrow(message);
});
