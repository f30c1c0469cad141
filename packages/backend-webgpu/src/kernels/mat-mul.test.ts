import { expectNoLeaks, relativeError } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { normals, startWebgpu, unroll } from '../../test/webgpu';

const available = await startWebgpu();
const sizes = [
  [1, 1, 1],
  [3, 5, 7],
  [64, 64, 64],
  [65, 33, 66],
  [4, 3000, 10],
  [130, 20, 12],
  [8, 2048, 36],
  [1, 700, 300],
  [300, 1, 8],
] as const;

/** The product in double precision, with a bias for every column. */
function reference(
  a: Float32Array,
  b: Float32Array,
  bias: Float32Array | undefined,
  [m, k, n]: readonly [number, number, number],
  transposeA: boolean,
  transposeB: boolean,
): Float64Array {
  return Float64Array.from({ length: m * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    let sum = bias?.[j] ?? 0;
    for (let p = 0; p < k; p++) {
      sum += a[transposeA ? p * m + i : i * k + p]! * b[transposeB ? j * k + p : p * n + j]!;
    }
    return sum;
  });
}

const activations = {
  relu: (x: number) => Math.max(x, 0),
  relu6: (x: number) => Math.min(Math.max(x, 0), 6),
  elu: (x: number) => (x >= 0 ? x : Math.expm1(x)),
  leakyrelu: (x: number) => (x >= 0 ? x : 0.1 * x),
  sigmoid: (x: number) => 1 / (1 + Math.exp(-x)),
  prelu: (x: number) => (x >= 0 ? x : 0.3 * x),
};

describe.runIf(available).each([
  ['written out', true],
  ['with loops', false],
])('matrix products, %s', (_, unrolls) => {
  beforeAll(() => unroll(unrolls));

  for (const size of sizes) {
    const [m, k, n] = size;
    const [a, b, bias] = [normals(m * k, 1), normals(k * n, 2), normals(n, 3)];
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        it(`[${size}]${transposeA ? ', A transposed' : ''}${transposeB ? ', B transposed' : ''}`, async () => {
          const left = transposeA ? ([k, m] as const) : ([m, k] as const);
          const right = transposeB ? ([n, k] as const) : ([k, n] as const);
          await expectNoLeaks(async () => {
            // Uploaded, or tfjs would compute the small ones on the CPU.
            const [x, y, z] = [tf.tensor(a, [...left]), tf.tensor(b, [...right]), tf.tensor(bias)];
            const [u, v, w] = [tf.abs(x), tf.abs(y), tf.abs(z)] as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D];
            const [p, q, r] = [a, b, bias].map((values) => values.map(Math.abs)) as [
              Float32Array,
              Float32Array,
              Float32Array,
            ];
            const plain = tf.matMul(u, v, transposeA, transposeB);
            expect(plain.shape).toEqual([m, n]);
            const want = reference(p, q, undefined, size, transposeA, transposeB);
            expect(await relativeError(plain, want)).toBeLessThan(1e-6);
            const withBias = tf.fused.matMul({ a: u, b: v, transposeA, transposeB, bias: w });
            const wanted = reference(p, q, r, size, transposeA, transposeB);
            expect(await relativeError(withBias, wanted)).toBeLessThan(1e-6);
            return [x, y, z, u, v, w, plain, withBias];
          });
        });
      }
    }
  }

  it('takes several matrices with one, and leaves many with many to tfjs', async () => {
    const [a, b, c] = [normals(2 * 5 * 6), normals(6 * 7, 2), normals(2 * 6 * 7, 3)];
    const [x, y, z] = [
      tf.abs(tf.tensor3d(a, [2, 5, 6])),
      tf.abs(tf.tensor3d(b, [1, 6, 7])),
      tf.abs(tf.tensor3d(c, [2, 6, 7])),
    ] as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D];
    const [p, q, r] = [a, b, c].map((values) => values.map(Math.abs)) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    const shared = tf.matMul(x, y);
    expect(shared.shape).toEqual([2, 5, 7]);
    const want = reference(p, q, undefined, [10, 6, 7], false, false);
    expect(await relativeError(shared, want)).toBeLessThan(1e-6);
    const each = tf.matMul(x, z);
    const second = reference(p.slice(30), r.slice(42), undefined, [5, 6, 7], false, false);
    expect(await relativeError((await each.data()).slice(35), second)).toBeLessThan(1e-6);
  });

  it.each(['relu', 'relu6', 'elu', 'leakyrelu', 'sigmoid', 'prelu'] as const)(
    'applies %s behind the bias, also where the sum is split',
    async (activation) => {
      for (const [m, k, n] of [
        [5, 7, 3],
        [6, 8, 8],
        [4, 3000, 12],
      ] as const) {
        const [a, b, bias] = [normals(m * k, 1), normals(k * n, 2).map((v) => v / k), normals(n, 3)];
        const slopes = tf.fill([n], 0.3);
        const [x, y] = [tf.tensor(a, [m, k]), tf.tensor(b, [k, n])] as [tf.Tensor2D, tf.Tensor2D];
        const given = { a: x, b: y, bias: tf.tensor1d(bias), activation, leakyreluAlpha: 0.1 };
        const out = tf.fused.matMul({ ...given, preluActivationWeights: slopes });
        const want = reference(a, b, bias, [m, k, n], false, false).map(activations[activation]);
        expect(await relativeError(out, want)).toBeLessThan(2e-6);
      }
    },
  );

  it('takes ±80 behind an activation', async () => {
    const a = tf.tensor2d([80, -80, 0], [3, 1]);
    const run = async (activation: 'sigmoid' | 'elu') =>
      Array.from(await tf.fused.matMul({ a, b: tf.abs(tf.ones([1, 1])), activation }).data());
    expect(await run('sigmoid')).toEqual([1, expect.closeTo(0, 30), 0.5]);
    expect(await run('elu')).toEqual([80, -1, 0]);
  });
});
