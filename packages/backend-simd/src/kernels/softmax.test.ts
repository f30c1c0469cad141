import { expectClose } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import '../register';
import { randomTensor, testedBackends } from '../../test/backends';
import { sizes } from '../../test/reference/elementwise-cases';
import { limits } from './grain';
import { softmaxKernels } from './softmax';

const find = (name: string) => softmaxKernels.find(({ kernelName }) => kernelName === name)!;
const shapes = [
  ...sizes.filter((n) => n > 0).map((n) => [5, n]),
  [3, 4, 10],
  [1000, 10],
  [300, 257],
  [2, 60_100],
];

/** Softmax of each row of n in double precision. */
function reference(x: ArrayLike<number>, n: number): number[] {
  const out: number[] = [];
  for (let r = 0; r < x.length; r += n) {
    const row = Array.from({ length: n }, (_, i) => x[r + i]!);
    const highest = Math.max(...row);
    const powers = row.map((z) => Math.exp(z - highest));
    const sum = powers.reduce((a, b) => a + b, 0);
    out.push(...powers.map((p) => p / sum));
  }
  return out;
}

beforeAll(() => {
  limits.small = 0;
});
afterAll(() => {
  limits.small = 64;
});

for (const { name, backend } of await testedBackends()) {
  const read = ({ dataId }: tf.TensorInfo) => backend.readSync(dataId) as Float32Array;
  const run = (kernelName: string, inputs: tf.NamedTensorInfoMap) =>
    [find(kernelName).kernelFunc({ inputs, backend, attrs: { dim: -1 } })].flat();
  const tensor = (shape: number[], values: ArrayLike<number>) =>
    backend.makeTensorInfo(shape, 'float32', Float32Array.from(values));

  describe(`softmax (${name})`, () => {
    for (const shape of shapes) {
      it(`[${shape}]: value, gradient and cross-entropy`, async () => {
        const before = backend.memory().arenaBytes;
        const n = shape.at(-1)!;
        const x = tensor(
          shape,
          read(randomTensor(backend, shape, 1)).map((v) => 20 * v),
        );
        const dy = tensor(shape, read(randomTensor(backend, shape, 2)));
        const y = run(tf.Softmax, { logits: x })[0]!;
        const p = reference(read(x), n);
        // z - max is rounded before the exponential: half a unit in the last place of 80 is 4e-6.
        await expectClose(read(y), p, { absolute: 1e-37, relative: 1e-5 });
        const dx = run('SoftmaxGrad', { dy, y })[0]!;
        const g = read(dy);
        const labels = tensor(shape, reference(g, n));
        const [loss, probabilities] = run('SoftmaxCrossEntropy', { logits: x, labels }) as [
          tf.TensorInfo,
          tf.TensorInfo,
        ];
        const t = read(labels);
        const losses = new Float64Array(p.length / n);
        const means = new Float64Array(losses.length);
        p.forEach((v, i) => {
          means[Math.floor(i / n)]! += g[i]! * v;
        });
        const gradient = p.map((v, i) => v * (g[i]! - means[Math.floor(i / n)]!));
        const z = read(x);
        for (let row = 0; row < p.length; row += n) {
          const highest = Math.max(...z.subarray(row, row + n));
          const sum = z.subarray(row, row + n).reduce((total, v) => total + Math.exp(v - highest), 0);
          for (let i = row; i < row + n; i++) losses[row / n]! -= t[i]! * (z[i]! - highest - Math.log(sum));
        }
        await expectClose(read(dx), gradient, { absolute: 1e-6, relative: 1e-5 });
        await expectClose(read(probabilities), p, { absolute: 1e-37, relative: 1e-5 });
        expect(loss.shape).toEqual(shape.slice(0, -1));
        await expectClose(read(loss), losses, { absolute: 1e-6, relative: 2e-6 });
        for (const { dataId } of [x, dy, y, dx, labels, loss, probabilities]) backend.disposeData(dataId);
        expect(backend.memory().arenaBytes).toBe(before);
      });
    }

    it('is correct at the extremes', async () => {
      const rows = [
        [80, -80, 0, 1],
        [1e30, 0, -1e30, 5],
        [-Infinity, 0, 0, -Infinity],
        [NaN, 0, 1, 2],
        [Infinity, 0, 1, 2],
        [-Infinity, -Infinity, -Infinity, -Infinity],
      ];
      const nan = [NaN, NaN, NaN, NaN];
      const want = [reference(rows[0]!, 4), [1, 0, 0, 0], [0, 0.5, 0.5, 0], nan, nan, nan];
      const [y] = run(tf.Softmax, { logits: tensor([6, 4], rows.flat()) });
      await expectClose(read(y!), want.flat(), { absolute: 1e-37, relative: 1e-6 });
      // A class with label 0 and logit -Infinity adds nothing.
      const labels = tensor([2, 4], [0, 1, 0, 0, 0.5, 0, 0, 0.5]);
      const [loss] = run('SoftmaxCrossEntropy', {
        logits: tensor([2, 4], [...rows[2]!, ...rows[0]!]),
        labels,
      });
      await expectClose(read(loss!), [Math.log(2), 39.5], { relative: 1e-6 });
    });

    it('rejects shapes and dtypes that do not fit', () => {
      const logits = randomTensor(backend, [2, 3]);
      expect(() => run('SoftmaxCrossEntropy', { logits, labels: randomTensor(backend, [2, 4]) })).toThrow(
        /labels has shape \[2,4\]; expected \[2,3\]/,
      );
      const labels = backend.makeTensorInfo([2, 3], 'int32', new Int32Array(6));
      expect(() => run('SoftmaxCrossEntropy', { logits, labels })).toThrow(/labels is int32/);
    });
  });
}
