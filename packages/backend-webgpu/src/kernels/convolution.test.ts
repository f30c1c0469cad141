import { expectNoLeaks, relativeError } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { referenceConv2D, referenceConv2DFilter, referenceConv2DInput } from '../../test/reference/conv2d';
import { convCases } from '../../test/reference/conv2d-cases';
import { normals, runKernel, startWebgpu, unroll } from '../../test/webgpu';
import { convInfo } from '../conv-info';

const available = await startWebgpu();
const { sizeFromShape } = tf.util;

describe.runIf(available).each([
  ['written out', true],
  ['with loops', false],
])('the convolution and its gradients, %s', (_, unrolls) => {
  beforeAll(() => unroll(unrolls));

  for (const { name, x: inShape, filter: filterShape, ...attrs } of convCases) {
    const info = convInfo(inShape, filterShape, attrs);
    const [x, filter, dy] = [inShape, filterShape, info.outShape].map((shape, i) =>
      normals(sizeFromShape(shape), i + 1),
    ) as [Float32Array, Float32Array, Float32Array];

    it(`value: ${name}`, async () => {
      const want = referenceConv2D(x, filter, info);
      await expectNoLeaks(async () => {
        const given = { x: tf.tensor(x, inShape), filter: tf.tensor(filter, filterShape) };
        const [out] = runKernel(tf.Conv2D, given, attrs);
        expect(out!.shape).toEqual(info.outShape);
        expect(await relativeError(out!, want)).toBeLessThan(1e-6);
        return [out!, given.x, given.filter];
      });
    });

    it(`filter: ${name}`, async () => {
      const want = referenceConv2DFilter(x, dy, info);
      await expectNoLeaks(async () => {
        const given = { x: tf.tensor(x, inShape), dy: tf.tensor(dy, info.outShape) };
        const [out] = runKernel(tf.Conv2DBackpropFilter, given, { ...attrs, filterShape });
        expect(out!.shape).toEqual(filterShape);
        expect(await relativeError(out!, want)).toBeLessThan(1e-6);
        return [out!, given.x, given.dy];
      });
    });

    it(`input: ${name}`, async () => {
      const want = referenceConv2DInput(dy, filter, info);
      await expectNoLeaks(async () => {
        const given = { dy: tf.tensor(dy, info.outShape), filter: tf.tensor(filter, filterShape) };
        const [out] = runKernel(tf.Conv2DBackpropInput, given, { ...attrs, inputShape: inShape });
        expect(out!.shape).toEqual(inShape);
        expect(await relativeError(out!, want)).toBeLessThan(1e-6);
        return [out!, given.dy, given.filter];
      });
    });
  }

  for (const activation of ['linear', 'relu', 'sigmoid', 'prelu'] as const) {
    for (const hasBias of [true, false]) {
      for (const channels of [6, 8]) {
        it(`with ${activation}${hasBias ? ' and bias' : ''} for ${channels} channels`, async () => {
          const [inShape, filterShape] = [
            [2, 7, 6, 5],
            [3, 3, 5, channels],
          ];
          const attrs = { strides: 1, pad: 'same', dilations: 1, dataFormat: 'NHWC', activation } as const;
          const info = convInfo(inShape!, filterShape!, attrs);
          const [x, filter, bias] = [inShape!, filterShape!, [channels]].map((shape, i) =>
            normals(sizeFromShape(shape), i + 1),
          ) as [Float32Array, Float32Array, Float32Array];
          const want = referenceConv2D(x, filter, info).map((v, i) => {
            const sum = v + (hasBias ? bias[i % channels]! : 0);
            if (activation === 'sigmoid') return 1 / (1 + Math.exp(-sum));
            if (activation === 'linear' || sum >= 0) return sum;
            return activation === 'relu' ? 0 : 0.25 * sum;
          });
          await expectNoLeaks(async () => {
            const given: tf.NamedTensorMap = {
              x: tf.tensor(x, inShape!),
              filter: tf.tensor(filter, filterShape!),
              ...(hasBias && { bias: tf.tensor(bias) }),
              ...(activation === 'prelu' && { preluActivationWeights: tf.fill([channels], 0.25) }),
            };
            const [out] = runKernel(tf.FusedConv2D, given, attrs);
            expect(out!.shape).toEqual(info.outShape);
            expect(await relativeError(out!, want)).toBeLessThan(1e-6);
            return [out!, ...Object.values(given)];
          });
        });
      }
    }
  }

  it('gives the same bits every time', async () => {
    const [x, dy] = [
      tf.tensor(normals(8 * 961 * 8), [8, 31, 31, 8]),
      tf.tensor(normals(8 * 961 * 16, 2), [8, 31, 31, 16]),
    ];
    const attrs = { strides: 1, pad: 'same', filterShape: [3, 3, 8, 16] };
    const run = async () => (await runKernel(tf.Conv2DBackpropFilter, { x, dy }, attrs)[0]!.data()).slice();
    expect(await run()).toEqual(await run());
  });

  it('takes huge and tiny values', async () => {
    const x = tf.fill([1, 4, 4, 4], 1e18);
    const dy = tf.fill([1, 4, 4, 4], 1e-18);
    const [out] = runKernel(
      tf.Conv2DBackpropFilter,
      { x, dy },
      { strides: 1, pad: 'same', filterShape: [1, 1, 4, 4] },
    );
    expect(await relativeError(out!, new Float32Array(16).fill(16))).toBeLessThan(1e-6);
  });
});
