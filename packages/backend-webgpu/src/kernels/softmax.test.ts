import '@tensorflow/tfjs-backend-cpu';
import { expectClose } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { normals, runKernel, startWebgpu } from '../../test/webgpu';

const available = await startWebgpu();
const shapes = [[1, 1], [3], [5, 2], [250, 10], [7, 64], [3, 5, 65], [2, 1000], [2, 33_000]];

/** Softmax of every row, its loss against labels and its gradient, in double precision. */
function reference(x: ArrayLike<number>, labels: ArrayLike<number>, dy: ArrayLike<number>, n: number) {
  const [p, dx, loss] = [new Float64Array(x.length), new Float64Array(x.length), [] as number[]];
  for (let start = 0; start < x.length; start += n) {
    const row = Array.from({ length: n }, (_, i) => x[start + i]!);
    const top = Math.max(...row);
    const total = row.reduce((sum, v) => sum + Math.exp(v - top), 0);
    let [cost, along] = [0, 0];
    for (let i = 0; i < n; i++) {
      p[start + i] = Math.exp(row[i]! - top) / total;
      if (labels[start + i] !== 0) cost -= labels[start + i]! * (row[i]! - top - Math.log(total));
      along += dy[start + i]! * p[start + i]!;
    }
    for (let i = 0; i < n; i++) dx[start + i] = p[start + i]! * (dy[start + i]! - along);
    loss.push(cost);
  }
  return { p, dx, loss };
}

describe.runIf(available)('softmax', () => {
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  for (const shape of shapes) {
    it(`of [${shape}]: value, gradient, cross-entropy`, async () => {
      const size = tf.util.sizeFromShape(shape);
      const n = shape.at(-1)!;
      const [x, dy] = [normals(size, 1).map((v) => 5 * v), normals(size, 2)];
      const labels = normals(size, 3).map((v, i) => (i % 3 === 0 ? 0 : Math.abs(v)));
      const want = reference(x, labels, dy, n);
      const logits = tf.tensor(x, shape);
      const y = runKernel(tf.Softmax, { logits }, { dim: -1 })[0]!;
      await expectClose(y, want.p, { absolute: 1e-7, relative: 1e-5 });
      await expectClose(runKernel('SoftmaxGrad', { dy: tf.tensor(dy, shape), y })[0]!, want.dx, {
        absolute: 1e-6,
        relative: 1e-4,
      });
      const [loss, probabilities] = runKernel('SoftmaxCrossEntropy', {
        logits,
        labels: tf.tensor(labels, shape),
      });
      expect(loss!.shape).toEqual(shape.slice(0, -1));
      await expectClose(loss!, want.loss, { absolute: 1e-5, relative: 1e-5 });
      await expectClose(probabilities!, want.p, { absolute: 1e-7, relative: 1e-5 });
    });
  }

  it('is stable at ±80 and adds nothing for a label of 0', async () => {
    const logits = tf.tensor2d([[80, -80, 0]]);
    const [loss, p] = runKernel('SoftmaxCrossEntropy', { logits, labels: tf.tensor2d([[0, 1, 0]]) });
    await expectClose(loss!, [160]);
    await expectClose(p!, [1, 0, 0]);
  });
});

describe.runIf(available)('sums', () => {
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  for (const [shape, axis] of [
    [[300, 7], 0],
    [[5000, 33], 0],
    [
      [20, 30, 40],
      [0, 1],
    ],
    [[100_000], 0],
    [[300, 200], undefined],
    [
      [3, 4, 5],
      [0, 2],
    ],
    [[3, 4, 5], 2],
    [[2, 100_000], 0],
    [[0], undefined],
    [[0, 3], 0],
    [[3, 0], 1],
    [
      [0, 2, 3],
      [0, 2],
    ],
  ] as const) {
    it(`over ${axis === undefined ? 'all axes' : `axis ${axis}`} of [${shape}]`, async () => {
      const values = normals(tf.util.sizeFromShape([...shape]), 3);
      await tf.setBackend('cpu');
      const want = tf.sum(tf.tensor(values, [...shape]), axis as number);
      const [data, kept] = [await want.data(), want.shape];
      await tf.setBackend('webgpu');
      const got = tf.sum(tf.tensor(values, [...shape]), axis as number);
      expect(got.shape).toEqual(kept);
      await expectClose(got, data, { absolute: 1e-3, relative: 1e-5 });
      const keeping = tf.sum(tf.tensor(values, [...shape]), axis as number, true);
      expect(keeping.rank).toBe(shape.length);
    });
  }
});
