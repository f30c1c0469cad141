import '@tenfold/backend-simd';
import '@tenfold/gradients';
import '@tensorflow/tfjs-backend-cpu';
import { airbench, mlp, rowRnn, vit } from '@tenfold/architectures';
import { countFlops } from '@tenfold/kernels';
import { createModel, type Layer } from '@tenfold/layers';
import { sparseSoftmaxCrossEntropy } from '@tenfold/losses';
import { adamW, muon, type Optimizer, partition } from '@tenfold/optimizers';
import { expectNoLeaks } from '@tenfold/testing';
import { createTrainer } from '@tenfold/training';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

const BATCH = 3;

interface StepOptions {
  optimizer?: Optimizer;
  frozen?: string;
}

/** What one training step on BATCH images executes. */
function flopsOfStep(layer: Layer, { optimizer = adamW(), frozen }: StepOptions = {}): number {
  const model = createModel(layer);
  if (frozen) Object.assign(model.parameters()[frozen]!, { trainable: false });
  const trainer = createTrainer(model, { loss: sparseSoftmaxCrossEntropy, optimizer });
  const [xs, ys] = [tf.ones([BATCH, 32, 32, 3]), tf.zeros([BATCH], 'int32')];
  const { result, flops } = countFlops(() => trainer.step({ xs, ys }));
  tf.dispose([result.loss, result.predictions, xs, ys]);
  trainer.dispose();
  model.dispose();
  return flops;
}

// Multiply-adds of one image, by hand: places · filters · window.
const whiten = 31 * 31 * 24 * 12;
const first = 31 * 31 * 4 * (9 * 24);
const later = 15 * 15 * 4 * 36 + 15 * 15 * 6 * 36 + 7 * 7 * 6 * 54 + 7 * 7 * 8 * 54 + 3 * 3 * 8 * 72;
const head = 8 * 10;
// Forward, gradient of the filters, gradient of the inputs; frozen filters have no gradient.
const cnnStep = 2 * BATCH * (whiten + 3 * (first + later + head));

describe.each(['simd', 'cpu'])('a step on %s executes', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });

  it('forward and both gradients, but no gradient of frozen filters', () => {
    expect(flopsOfStep(airbench({ widths: [4, 6, 8] }))).toBe(cnnStep);
  });

  it('no gradient of the first inputs when nothing below them is trained', () => {
    const flops = flopsOfStep(airbench({ widths: [4, 6, 8] }), { frozen: 'whiten.bias' });
    expect(flops).toBe(cnnStep - 2 * BATCH * first);
  });

  it("the products of Muon's iteration", () => {
    const optimizer = partition(
      [{ match: /conv[12]\.kernel$/, optimizer: muon({ newtonSchulzSteps: 3 }) }],
      adamW(),
    );
    const matrices = [
      [216, 4],
      [36, 4],
      [36, 6],
      [54, 6],
      [54, 8],
      [72, 8],
    ] as const;
    // A = XᵀX and A·A, then X·(…): the columns are fewer than the rows.
    const products = matrices.map(([rows, columns]) => 2 * (2 * rows * columns ** 2 + columns ** 3));
    const iteration = products.reduce((sum, flops) => sum + flops);
    expect(flopsOfStep(airbench({ widths: [4, 6, 8] }), { optimizer })).toBe(cnnStep + 3 * iteration);
  });

  it('dense layers, the first without the gradient of the images', () => {
    const flops = flopsOfStep(mlp({ widths: [16, 8] }));
    expect(flops).toBe(2 * BATCH * (2 * 3072 * 16 + 3 * (16 * 8 + 8 * 10)));
  });

  it.each([
    ['lstm', 4],
    ['gru', 3],
  ] as const)('recurrent steps, of which the first multiplies no state: %s', (cell, gates) => {
    const flops = flopsOfStep(rowRnn({ cell, width: 8 }));
    const input = 32 * 96 * gates * 8;
    const recurrent = 31 * 8 * gates * 8;
    expect(flops).toBe(2 * BATCH * (2 * input + 3 * (recurrent + 16 * 10)));
  });

  it('attention, whose scores count once', () => {
    const flops = flopsOfStep(vit({ patchSize: 8, width: 12, depth: 2, heads: 3, mlpWidth: 20 }));
    const [patches, tokens] = [16 * 192 * 12, 16];
    const block = tokens * (4 * 12 * 12 + 2 * 12 * 20) + 2 * tokens * tokens * 12;
    expect(flops).toBe(2 * BATCH * (2 * patches + 3 * (2 * block + 12 * 10)));
  });

  it('depthwise convolutions and products with transposed or broadcast operands', () => {
    const counted = countFlops(() =>
      tf.tidy(() => {
        const filter = tf.ones<tf.Rank.R4>([3, 3, 4, 2]);
        const convolve = (x: tf.Tensor) => tf.depthwiseConv2d(x as tf.Tensor4D, filter, 1, 'same');
        tf.grad((x) => tf.sum(convolve(x)))(tf.ones([2, 5, 5, 4]));
        tf.matMul(tf.ones([2, 7, 3, 4]), tf.ones([7, 3, 5]), true);
      }),
    );
    // Forward and gradient of the input alike; then 14 products of [4, 3] and [3, 5].
    expect(counted.flops).toBe(2 * (2 * 25 * 8 * 9) * 2 + 2 * 14 * 4 * 3 * 5);
  });

  it('the same after a step that throws, and leaves no tensor', async () => {
    expect(() =>
      countFlops(() => {
        throw new Error('no step');
      }),
    ).toThrow('no step');
    const product = () => tf.tidy(() => tf.matMul(tf.ones([2, 3]), tf.ones([3, 4])));
    await expectNoLeaks(() => countFlops(product).result);
    expect(countFlops(() => tf.dispose(product())).flops).toBe(48);
  });
});
