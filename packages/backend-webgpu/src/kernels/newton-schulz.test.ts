import { expectNoLeaks, relativeError } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { normals, runKernel, startWebgpu } from '../../test/webgpu';

const available = await startWebgpu();
const shapes = [
  [1, 1],
  [5, 3],
  [3, 5],
  [20, 32],
  [60, 12],
] as const;

/** The iteration in double precision. */
function reference(values: Float32Array, rows: number, columns: number, steps: number): Float64Array {
  const transpose = (x: Float64Array, rows: number, columns: number) =>
    Float64Array.from(x, (_, i) => x[(i % rows) * columns + Math.floor(i / rows)]!);
  const times = (x: Float64Array, y: Float64Array, [m, k, n]: [number, number, number]) =>
    Float64Array.from({ length: m * n }, (_, at) => {
      let sum = 0;
      for (let p = 0; p < k; p++) sum += x[Math.floor(at / n) * k + p]! * y[p * n + (at % n)]!;
      return sum;
    });
  const tall = rows > columns;
  const [high, wide] = tall ? [columns, rows] : [rows, columns];
  let x = Float64Array.from(values);
  if (tall) x = transpose(x, rows, columns);
  const norm = Math.sqrt(x.reduce((sum, v) => sum + v * v, 0)) + 1e-7;
  x = x.map((v) => v / norm);
  for (let i = 0; i < steps; i++) {
    const gram = times(x, transpose(x, high, wide), [high, wide, high]);
    const square = times(gram, gram, [high, high, high]);
    const polynomial = gram.map((v, k) => -4.775 * v + 2.0315 * square[k]!);
    const turned = times(polynomial, x, [high, high, wide]);
    x = x.map((v, k) => 3.4445 * v + turned[k]!);
  }
  return tall ? transpose(x, high, wide) : x;
}

const list = (tensors: tf.Tensor[]) => tensors as unknown as Record<string, tf.Tensor>;

describe.runIf(available)('Newton and Schulz', () => {
  it.each(shapes)('of [%i, %i]', async (rows, columns) => {
    const x = normals(rows * columns, 7);
    await expectNoLeaks(async () => {
      const given = tf.tensor(x, [rows, columns]);
      const [y] = runKernel('NewtonSchulz', { x: given }, { steps: 5 });
      expect(y!.shape).toEqual([rows, columns]);
      expect(await relativeError(y!, reference(x, rows, columns, 5))).toBeLessThan(3e-5);
      return [given, y!];
    });
  });

  it('of a list is that of each', async () => {
    const all = [
      [6, 5],
      [24, 16],
      [3, 5],
      [6, 5],
      [0, 4],
      [24, 16],
      [6, 5],
    ] as [number, number][];
    await expectNoLeaks(async () => {
      const xs = all.map(([m, n], i) => tf.tensor(normals(m * n, i + 1), [m, n]));
      const made = runKernel('NewtonSchulzList', list(xs), { steps: 3 });
      expect(made.map(({ shape }) => shape)).toEqual(all);
      for (const [i, [m, n]] of all.entries()) {
        if (m === 0) continue;
        expect(await relativeError(made[i]!, reference(normals(m * n, i + 1), m, n, 3))).toBeLessThan(3e-5);
      }
      // Parts of one buffer for those who read them.
      const sum = tf.add(made[1]!, made[5]!);
      const [a, b] = [await made[1]!.data(), await made[5]!.data()];
      expect(
        await relativeError(
          sum,
          Float64Array.from(a, (v, i) => v + b[i]!),
        ),
      ).toBeLessThan(1e-6);
      return [...xs, ...made, sum];
    });
  });

  it('leaves zeros zeros, and takes huge and tiny values', async () => {
    const [zeros] = runKernel('NewtonSchulz', { x: tf.zeros([8, 5]) }, { steps: 5 });
    expect(new Set(await zeros!.data())).toEqual(new Set([0]));
    for (const scale of [80, 1e15, 1e-5]) {
      const values = normals(12).map((v) => v * scale);
      const [y] = runKernel('NewtonSchulz', { x: tf.tensor(values, [3, 4]) }, { steps: 5 });
      expect(await relativeError(y!, reference(values, 3, 4, 5))).toBeLessThan(3e-5);
    }
  });

  it('refuses what is no matrix', () => {
    expect(() => runKernel('NewtonSchulzList', list([tf.zeros([2, 3, 4])]), { steps: 3 })).toThrow(
      /NewtonSchulzList: x has shape \[2,3,4\]; expected a matrix/,
    );
    expect(runKernel('NewtonSchulzList', list([]), { steps: 3 })).toEqual([]);
  });
});
