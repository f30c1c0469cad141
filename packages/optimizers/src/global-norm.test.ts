import { expectClose, expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { globalNorm } from './index';

describe('globalNorm', () => {
  it('is the norm of all tensors as one vector', async () => {
    await expectClose(globalNorm({ a: tf.tensor([3, 0]), b: tf.scalar(4) }), 5);
    await expectClose(globalNorm({ a: tf.tensor([1, -2, 2, 4], [2, 2]) }), 5);
    await expectClose(globalNorm({}), 0);
    await expectClose(globalNorm({ a: tf.zeros([0]), b: tf.zeros([2]) }), 0);
  });

  it.each([1e-30, 1e-20, 1e20, 1e37])('is correct for values of magnitude %d', async (size) => {
    const norm = globalNorm({ a: tf.tensor([3 * size, 0]), b: tf.scalar(-4 * size) });
    await expectClose(norm, 5 * size, { absolute: 0, relative: 1e-5 });
  });

  it('is infinite or NaN if a value is', async () => {
    const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
    expect((await globalNorm({ a: tf.tensor([1, infinity]), b: tf.scalar(1) }).data())[0]).toBe(infinity);
    expect((await globalNorm({ a: tf.tensor([1, nan]), b: tf.scalar(1) }).data())[0]).toBeNaN();
  });

  it('leaks nothing, and names the value that is not a tensor', async () => {
    const params = { a: tf.zeros([2]), b: tf.scalar(0) };
    await expectNoLeaks(() => globalNorm(params));
    await expectNoLeaks(() => {
      expect(() => globalNorm({ ...params, c: null as never })).toThrow(
        /^globalNorm: c is null; give a tensor/,
      );
      expect(() => globalNorm(3 as never)).toThrow(
        /^globalNorm: tensors is 3; give an object of tensors by name/,
      );
    });
  });
});
