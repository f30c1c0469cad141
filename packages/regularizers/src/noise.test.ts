import { createRng, fillCounterUniform, type Rng } from '@tenfold/random';
import { checkGradient, expectClose, expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { alphaDropout, gaussianDropout, gaussianNoise, spatialDropout } from './index';

type Noise = (x: tf.Tensor, options: { rng?: Rng; training?: boolean }) => tf.Tensor;
const every: { name: string; strength: string; off: Noise; noise: Noise }[] = [
  {
    name: 'alphaDropout',
    strength: 'rate',
    off: (x, options) => alphaDropout(x, { rate: 0, ...options }),
    noise: (x, options) => alphaDropout(x, { rate: 0.25, ...options }),
  },
  {
    name: 'gaussianDropout',
    strength: 'rate',
    off: (x, options) => gaussianDropout(x, { rate: 0, ...options }),
    noise: (x, options) => gaussianDropout(x, { rate: 0.25, ...options }),
  },
  {
    name: 'gaussianNoise',
    strength: 'standardDeviation',
    off: (x, options) => gaussianNoise(x, { standardDeviation: 0, ...options }),
    noise: (x, options) => gaussianNoise(x, { standardDeviation: 0.5, ...options }),
  },
  {
    name: 'spatialDropout',
    strength: 'rate',
    off: (x, options) => spatialDropout(x, { rate: 0, ...options }),
    noise: (x, options) => spatialDropout(x, { rate: 0.25, ...options }),
  },
];
const values = async (x: tf.Tensor) => [...(await x.data())];
const mean = (numbers: number[]) => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
const variance = (numbers: number[]) => {
  const center = mean(numbers);
  return mean(numbers.map((x) => (x - center) ** 2));
};

describe.each(every)('$name', ({ name, strength, off, noise }) => {
  const x = tf.tensor2d([
    [1.5, -2, 0.75],
    [3, -1, 0.5],
  ]);

  it('gives the same numbers for the same seed, others for another, and advances its stream', async () => {
    const ones = tf.ones([4, 64]);
    const stream = createRng(1);
    const first = await values(noise(ones, { rng: stream }));
    expect(await values(noise(ones, { rng: createRng(1) }))).toEqual(first);
    expect(await values(noise(ones, { rng: stream }))).not.toEqual(first);
    expect(await values(noise(ones, { rng: createRng(2) }))).not.toEqual(first);
  });

  it('returns x and draws nothing when not training or without strength', () => {
    const stream = createRng(1);
    expect(noise(x, { rng: stream, training: false })).toBe(x);
    expect(off(x, { rng: stream })).toBe(x);
    expect(stream.uniform()).toBe(createRng(1).uniform());
  });

  it('has first and second derivatives that agree with finite differences', async () => {
    const f = (v: tf.Tensor) => noise(v, { rng: createRng(1) });
    await checkGradient((v) => f(v!), [x]);
    const gradient = tf.grad((v: tf.Tensor) => tf.sum(tf.pow(f(v), 3)));
    await checkGradient((v) => tf.sum(gradient(v!)), [x]);
  });

  it('keeps the shape of x, also of an empty one, and computes integers in float32', () => {
    for (const shape of [
      [2, 3],
      [2, 1, 3],
      [2, 2, 2, 2],
      [0, 3],
    ]) {
      expect(noise(tf.ones(shape), { rng: createRng(1) }).shape).toEqual(shape);
    }
    expect(noise(tf.ones([2, 3], 'int32'), { rng: createRng(1) }).dtype).toBe('float32');
  });

  it('keeps its input and leaks nothing, with or without gradient, or when it fails', async () => {
    await expectNoLeaks(() => noise(x, { rng: createRng(1) }));
    await expectNoLeaks(() => tf.grad((v: tf.Tensor) => noise(v, { rng: createRng(1) }))(x));
    await expectNoLeaks(() => {
      expect(() => noise(x, {})).toThrow(
        `${name}: rng is missing in training; give { rng: createRng(seed) }`,
      );
    });
    expect(x.isDisposed).toBe(false);
  });

  it('rejects what it cannot use', () => {
    const wrong = (options: unknown) => options as never;
    expect(() => noise(wrong(undefined), { rng: createRng(1) })).toThrow(
      `${name}: x is missing; give a tensor`,
    );
    const all = { alphaDropout, gaussianDropout, gaussianNoise, spatialDropout };
    const alone = all[name as 'gaussianNoise'] as unknown as (options: object) => unknown;
    expect(() => alone({ [strength]: 0.5 })).toThrow(
      `${name}: x is an object with ${strength}; give a tensor first and then the options, or for a layer write one`,
    );
    expect(() => noise(x, wrong({ p: 1 }))).toThrow(`${name}: there is no option "p"`);
    expect(() => noise(x, wrong({ [strength]: -0.5 }))).toThrow(`${name}: ${strength} is -0.5; give`);
    expect(() => noise(x, wrong({ rng: Math.random }))).toThrow(
      `${name}: rng is the function random; give a stream`,
    );
  });
});

it('alphaDropout keeps mean 0 and variance 1, and gives dropped elements one value', async () => {
  const n = 100_000;
  const normal = createRng(3).fillNormal(new Float32Array(n));
  const y = await values(alphaDropout(tf.tensor1d(normal), { rate: 0.25, rng: createRng(1) }));
  expect(Math.abs(mean(y))).toBeLessThan(0.02);
  expect(Math.abs(variance(y) - 1)).toBeLessThan(0.03);
  const lowest = -1.7580993408473766;
  const scale = 1 / Math.sqrt(0.75 * (1 + 0.25 * lowest ** 2));
  const stream = createRng(1);
  const drawn = fillCounterUniform(new Float32Array(n), [stream.integer(2 ** 32), stream.integer(2 ** 32)]);
  const expected = [...normal].map((v, i) => scale * (drawn[i]! < 0.25 ? lowest : v) - scale * 0.25 * lowest);
  await expectClose(tf.tensor1d(y), expected, { absolute: 1e-6, relative: 1e-5 });
});

it('gaussianDropout multiplies by factors of mean 1 and variance p/(1 − p)', async () => {
  const y = await values(gaussianDropout(tf.ones([100_000]), { rate: 0.2, rng: createRng(1) }));
  expect(Math.abs(mean(y) - 1)).toBeLessThan(0.01);
  expect(Math.abs(variance(y) - 0.25)).toBeLessThan(0.01);
  expect(await values(gaussianDropout(tf.zeros([9]), { rate: 0.2, rng: createRng(1) }))).toEqual(
    Array(9).fill(0),
  );
});

it('gaussianNoise adds numbers of mean 0 and its standard deviation', async () => {
  const y = await values(gaussianNoise(tf.fill([100_000], 3), { standardDeviation: 0.5, rng: createRng(1) }));
  expect(Math.abs(mean(y) - 3)).toBeLessThan(0.01);
  expect(Math.abs(variance(y) - 0.25)).toBeLessThan(0.01);
});

it('spatialDropout drops whole channels of an example, even NaN and infinities', async () => {
  const x = tf.fill([40, 3, 2, 50], Number.POSITIVE_INFINITY);
  const y = await values(spatialDropout(x, { rate: 0.25, rng: createRng(1) }));
  let dropped = 0;
  for (let example = 0; example < 40; example++) {
    for (let channel = 0; channel < 50; channel++) {
      const positions = [0, 1, 2, 3, 4, 5].map((i) => y[(example * 6 + i) * 50 + channel]);
      expect(new Set(positions).size).toBe(1);
      if (positions[0] === 0) dropped++;
    }
  }
  // Five standard deviations of a binomial count.
  expect(Math.abs(dropped - 500)).toBeLessThan(5 * Math.sqrt(2000 * 0.25 * 0.75));
  const scaled = await values(spatialDropout(tf.ones([1, 1, 50]), { rate: 0.25, rng: createRng(1) }));
  expect(new Set(scaled)).toEqual(new Set([0, Math.fround(1 / 0.75)]));
  expect(() => spatialDropout(tf.ones([3]), { rate: 0.5 })).toThrow(
    'spatialDropout: x has shape [3]; give [batch, …, channels]',
  );
});
