import { createRng, fillCounterUniform } from '@tenfold/random';
import { checkGradient, expectClose, expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { dropout } from './index';

const rng = () => createRng(1);
const values = async (x: tf.Tensor) => [...(await x.data())];

describe('dropout', () => {
  it.each([0.1, 0.25, 0.5, 0.9])(
    'of rate %d drops elements with this probability and scales the rest',
    async (rate) => {
      const n = 100_000;
      const y = await values(dropout(tf.ones([n]), { rate, rng: rng() }));
      const dropped = y.filter((v) => v === 0).length;
      // Five standard deviations of a binomial count.
      expect(Math.abs(dropped - n * rate)).toBeLessThan(5 * Math.sqrt(n * rate * (1 - rate)));
      expect(new Set(y)).toEqual(new Set([0, Math.fround(1 / (1 - rate))]));
      const mean = y.reduce((sum, v) => sum + v, 0) / n;
      expect(Math.abs(mean - 1)).toBeLessThan(5 * Math.sqrt(rate / (1 - rate) / n));
    },
  );

  it('drops elements independently of their neighbors', async () => {
    const n = 100_000;
    const y = await values(dropout(tf.ones([n]), { rate: 0.5, rng: rng() }));
    for (const distance of [1, 2, 64]) {
      const correlation =
        y.slice(distance).reduce((sum, v, i) => sum + (v - 1) * (y[i]! - 1), 0) / (n - distance);
      expect(Math.abs(correlation)).toBeLessThan(5 / Math.sqrt(n));
    }
  });

  it('is x·m/(1 − p), where m is 0 if the uniform number of its stream is below p', async () => {
    const x = tf.tensor2d([
      [80, -80, 0],
      [1e-30, 3, -2],
    ]);
    const stream = rng();
    const key = [stream.integer(2 ** 32), stream.integer(2 ** 32)] as const;
    const drawn = fillCounterUniform(new Float32Array(6), key);
    const expected = (await values(x)).map((v, i) => (drawn[i]! < 0.4 ? 0 : v / 0.6));
    const y = dropout(x, { rate: 0.4, rng: rng() });
    expect(y.shape).toEqual([2, 3]);
    await expectClose(y, expected, { absolute: 0, relative: 1e-6 });
  });

  it.each([1, 5, 1027, 200_001])('of %i elements has the same bits on every backend', async (size) => {
    for (const rate of [1e-9, 0.1, 0.5, 1 / 3, 0.999]) {
      const x = rng().fillNormal(new Float32Array(size));
      const stream = rng();
      const key = [stream.integer(2 ** 32), stream.integer(2 ** 32)] as const;
      const kept = Math.fround(1 / (1 - rate));
      const expected = fillCounterUniform(new Float32Array(size), key).map((u, i) =>
        u < rate ? 0 : x[i]! * kept,
      );
      const f = (x: tf.Tensor) => dropout(x, { rate, rng: rng() });
      const same = async (y: tf.Tensor, want: Float32Array) =>
        expect(Buffer.compare(Buffer.from((await y.data()).buffer), Buffer.from(want.buffer))).toBe(0);
      await same(f(tf.tensor1d(x)), expected);
      await same(tf.grad(f)(tf.ones([size]), tf.tensor1d(x)), expected);
    }
  });

  it('gives the same mask for the same seed, another for another, and advances its stream', async () => {
    const x = tf.ones([64]);
    const make = (stream: ReturnType<typeof rng>) => values(dropout(x, { rate: 0.5, rng: stream }));
    const stream = rng();
    const first = await make(stream);
    expect(await make(rng())).toEqual(first);
    expect(await make(stream)).not.toEqual(first);
    expect(await make(createRng(2))).not.toEqual(first);
  });

  it('returns x and draws nothing when not training or at rate 0', () => {
    const x = tf.ones([3]);
    expect(dropout(x, { rate: 0.5, training: false })).toBe(x);
    expect(dropout(x, { rate: 0 })).toBe(x);
    const stream = rng();
    dropout(x, { rate: 0.5, rng: stream, training: false });
    dropout(x, { rate: 0, rng: stream });
    expect(stream.uniform()).toBe(rng().uniform());
  });

  it('keeps the shape for every rank, also of an empty tensor', () => {
    for (const shape of [[], [3], [2, 3], [2, 1, 3], [2, 2, 2, 2], [0, 3]]) {
      expect(dropout(tf.ones(shape), { rate: 0.5, rng: rng() }).shape).toEqual(shape);
    }
  });

  it('has a gradient that agrees with finite differences, 0 where dropped', async () => {
    const x = tf.tensor2d([
      [1.5, -2, 0.75],
      [3, -1, 0.5],
    ]);
    // Every call makes a new stream from the same seed, so the mask is the same.
    const f = (v: tf.Tensor) => dropout(v, { rate: 0.5, rng: rng() });
    await checkGradient(f, [x]);
    const [mask, gradient] = [f(tf.ones([2, 3])), tf.grad(f)(x)];
    await expectClose(gradient, mask, { absolute: 0, relative: 0 });
    await checkGradient((v) => dropout(tf.square(v), { rate: 0.5, training: false }), [x]);
  });

  it('sets a dropped element to 0 even if it or its gradient is NaN or infinite', async () => {
    const f = (x: tf.Tensor) => dropout(x, { rate: 0.5, rng: rng() });
    for (const value of [Number.NaN, Infinity, -Infinity]) {
      const expected = (await values(f(tf.ones([65])))).map((v) => (v === 0 ? 0 : value));
      expect(await values(f(tf.fill([65], value)))).toEqual(expected);
      expect(await values(tf.grad(f)(tf.ones([65]), tf.fill([65], value)))).toEqual(expected);
    }
  });

  it('keeps its input and leaks nothing, with or without gradient', async () => {
    const x = tf.ones([2, 3]);
    await expectNoLeaks(() => dropout(x, { rate: 0.5, rng: rng() }));
    await expectNoLeaks(() => tf.grad((v: tf.Tensor) => dropout(v, { rate: 0.5, rng: rng() }))(x));
    expect(x.isDisposed).toBe(false);
  });

  it.each(['int32', 'bool'] as const)('computes %s in float32', async (dtype) => {
    const x = tf.ones([64], dtype);
    const f = (x: tf.Tensor) => dropout(x, { rate: 0.2, rng: rng() });
    expect(f(x).dtype).toBe('float32');
    await expectClose(f(x), await f(tf.ones([64])).data(), { absolute: 0 });
    expect(dropout(x, { rate: 0.5, training: false }).dtype).toBe('float32');
  });

  it('has the second derivative of its composition, also where the backend has the kernel', async () => {
    const x = tf.tensor1d([1, 2, 3, 4]);
    const f = (v: tf.Tensor) => tf.sum(tf.pow(dropout(v, { rate: 0.5, rng: rng() }), 3)) as tf.Scalar;
    const m = await values(dropout(tf.ones([4]), { rate: 0.5, rng: rng() }));
    const second = tf.grad((v: tf.Tensor) => tf.sum(tf.grad(f)(v)))(x);
    // 6·m³·x
    await expectClose(
      second,
      m.map((v, i) => 6 * v ** 3 * (i + 1)),
      { relative: 1e-5 },
    );
  });

  it('rejects anything that is not a tensor, unknown options and other streams', () => {
    const wrong = (value: unknown) => value as never;
    expect(() => dropout(wrong(undefined), { rate: 0.5 })).toThrow(/^dropout: x is missing; give a tensor/);
    // As the layer of that name in @tenfold/layers, next to whose import an editor offers this function.
    expect(() => (dropout as unknown as (options: object) => unknown)({ rate: 0.5 })).toThrow(
      "dropout: x is an object with rate; give a tensor first and then the options, or for a layer import { dropout } from '@tenfold/layers'",
    );
    expect(() => dropout(tf.ones([3]), wrong(0.5))).toThrow(/^dropout: options is 0.5; give a plain object/);
    expect(() => dropout(tf.ones([3]), wrong({ p: 0.5 }))).toThrow(/^dropout: there is no option "p"/);
    expect(() => dropout(tf.ones([3]), wrong({ rate: '0.5' }))).toThrow(
      /^dropout: rate is "0.5" \(a string\)/,
    );
    expect(() => dropout(tf.ones([3]), wrong({ rate: 0.5, rng: Math.random }))).toThrow(
      /^dropout: rng is the function random; give a stream such as createRng\(1\)/,
    );
  });

  it.each([-0.1, 1, Number.NaN])('rejects the rate %d, also when not training', (rate) => {
    expect(() => dropout(tf.ones([3]), { rate, training: false })).toThrow(
      `dropout: rate is ${rate}; give a number in [0, 1)`,
    );
  });

  it('requires a stream', () => {
    expect(() => dropout(tf.ones([3]), { rate: 0.5 })).toThrow(/^dropout: rng is missing in training; give/);
  });
});
