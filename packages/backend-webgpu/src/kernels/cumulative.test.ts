import '@tenfold/gradients';
import { checkGradient, expectClose } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { normals, randomTensor, startWebgpu } from '../../test/webgpu';

const available = await startWebgpu();

describe.runIf(available)('cumulative sums and products', () => {
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  // Several lengths one after another: what tfjs's kernels get wrong.
  for (const [shape, axis] of [
    [[7], 0],
    [[4], 0],
    [[3, 5], 1],
    [[3, 5], 0],
    [[2, 70, 3], 1],
    [[1], 0],
  ] as const) {
    for (const exclusive of [false, true]) {
      for (const reverse of [false, true]) {
        it(`[${shape}] along ${axis}${exclusive ? ', exclusive' : ''}${reverse ? ', reverse' : ''}`, async () => {
          const size = tf.util.sizeFromShape([...shape]);
          const values = normals(size, 5);
          const inner = tf.util.sizeFromShape(shape.slice(axis + 1));
          const length = shape[axis]!;
          for (const [op, neutral, f] of [
            [tf.cumsum, 0, (a: number, b: number) => a + b],
            [tf.cumprod, 1, (a: number, b: number) => a * b],
          ] as const) {
            const want = new Float64Array(size);
            for (let line = 0; line < size / length; line++) {
              let total: number = neutral;
              for (let k = 0; k < length; k++) {
                const at = reverse ? length - 1 - k : k;
                const i = (Math.floor(line / inner) * length + at) * inner + (line % inner);
                if (exclusive) want[i] = total;
                total = f(total, values[i]!);
                if (!exclusive) want[i] = total;
              }
            }
            const got = op(tf.tensor(values, [...shape]), axis, exclusive, reverse);
            await expectClose(got, want, { absolute: 1e-5, relative: 1e-5 });
          }
        });
      }
    }
  }

  it('takes integers', async () => {
    const x = tf.tensor1d([1, 2, 3], 'int32');
    const sum = tf.cumsum(x);
    expect(sum.dtype).toBe('int32');
    expect(Array.from(await sum.data())).toEqual([1, 3, 6]);
  });

  it('and products keep dimensions', () => {
    expect(tf.prod(tf.tensor2d([1, 2, 3, 4], [2, 2]), 0, true).shape).toEqual([1, 2]);
    expect(tf.prod(tf.abs(tf.tensor2d([1, 2, 3, 4], [2, 2])), undefined, true).shape).toEqual([1, 1]);
  });

  it('make the gradient of tf.prod right', async () => {
    for (const [shape, axis] of [
      [[6], 0],
      [[3, 4], 1],
      [[4, 3], 0],
    ] as const) {
      const x = tf.add(randomTensor([...shape], 3), 2);
      await checkGradient((x) => tf.prod(x, axis), [x], { step: 0.02 });
    }
    const withZero = tf.tensor1d([2, 0, 3]);
    const gradient = tf.grad((x) => tf.prod(x))(withZero);
    await expectClose(gradient, [0, 6, 0]);
  });
});
