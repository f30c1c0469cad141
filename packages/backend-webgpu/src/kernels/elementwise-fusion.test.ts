import { expectClose } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { normals, startWebgpu } from '../../test/webgpu';

const available = await startWebgpu();

describe.runIf(available)('arithmetic that waits', () => {
  it('has the values of its formula, whatever is disposed or read on the way', async () => {
    const [a, b] = [normals(100, 1), normals(100, 2)];
    for (const order of ['at the end', 'in between', 'inputs first'] as const) {
      const before = { ...tf.memory() };
      const [x, y] = [tf.tensor1d(a), tf.tensor1d(b)];
      // On the GPU, as results of training are.
      const [u, v] = [tf.abs(x), tf.abs(y)];
      const scaled = tf.mul(u, 3);
      const sum = tf.add(scaled, tf.div(v, 4));
      const out = tf.sub(1, tf.neg(tf.mul(sum, scaled)));
      if (order === 'in between') {
        await expectClose(
          scaled,
          a.map((p) => 3 * Math.abs(p)),
        );
      }
      if (order === 'inputs first') tf.dispose([x, y, u, v, scaled, sum]);
      await expectClose(
        out,
        a.map((p, i) => 1 + (3 * Math.abs(p) + Math.abs(b[i]!) / 4) * 3 * Math.abs(p)),
        { absolute: 1e-5 },
      );
      if (order !== 'inputs first') {
        await expectClose(
          sum,
          a.map((p, i) => 3 * Math.abs(p) + Math.abs(b[i]!) / 4),
          { absolute: 1e-6 },
        );
      }
      tf.dispose([x, y, u, v, scaled, sum, out]);
      // The quotient, its product and the negative have no name here and are left.
      const { numTensors } = tf.memory();
      expect(numTensors).toBe(before.numTensors + 3);
    }
  });

  it('frees what it waited for', async () => {
    const x = tf.tensor1d(normals(100));
    const before = { ...tf.memory() };
    const out = tf.tidy(() => {
      let sum = tf.abs(x);
      for (let i = 0; i < 40; i++) sum = tf.add(tf.mul(sum, 0.5), tf.mul(tf.abs(x), i));
      return sum;
    });
    await out.data();
    out.dispose();
    tf.tidy(() => {
      tf.mul(tf.abs(x), 2); // never read
    });
    const { numTensors, numDataBuffers } = tf.memory();
    expect({ numTensors, numDataBuffers }).toEqual({
      numTensors: before.numTensors,
      numDataBuffers: before.numDataBuffers,
    });
  });

  it('holds long chains and many operands', async () => {
    const parts = Array.from({ length: 20 }, (_, i) => tf.exp(tf.fill([50], i / 20)));
    const sum = parts.reduce((a, b) => tf.add(tf.mul(a, 0.9), b));
    const want = parts.reduce((a, _, i) => (i === 0 ? a : a * 0.9 + Math.exp(i / 20)), 1);
    await expectClose(sum, new Float32Array(50).fill(want), { relative: 1e-5 });
  });

  it('leaves broadcasts, integers and large tensors to tfjs', async () => {
    const x = tf.abs(tf.tensor2d(normals(12), [3, 4]));
    const row = tf.abs(tf.tensor1d(normals(4, 2)));
    const values = [await x.data(), await row.data()] as [Float32Array, Float32Array];
    await expectClose(
      tf.add(x, row),
      values[0].map((v, i) => v + values[1][i % 4]!),
    );
    expect(Array.from(await tf.mul(tf.tensor1d([2, 3], 'int32'), 2).data())).toEqual([4, 6]);
    const large = tf.abs(tf.fill([20_000], -2));
    expect((await tf.mul(large, 3).data())[19_999]).toBe(6);
  });

  it('distinguishes numbers that print alike', async () => {
    const zeros = tf.abs(tf.zeros([3]));
    const ones = tf.add(zeros, 1);
    expect(Array.from(await tf.div(ones, tf.scalar(-0)).data())).toEqual([-Infinity, -Infinity, -Infinity]);
    expect(Array.from(await tf.div(ones, tf.scalar(0)).data())).toEqual([Infinity, Infinity, Infinity]);
  });

  it('does not grow a formula without bound when results are doubled', async () => {
    const x = tf.tensor1d(normals(2000));
    tf.abs(x).dispose();
    const y = tf.tidy(() => {
      let sum: tf.Tensor = x;
      for (let i = 0; i < 20; i++) sum = tf.add(sum, sum);
      return sum;
    });
    await expectClose(
      y,
      Array.from(await x.data(), (v) => v * 2 ** 20),
    );
  }, 20_000);
});
