import '@tenfold/backend-simd';
import '@tenfold/gradients';
import { conv2d, createModel, flatten, sequential } from '@tenfold/layers';
import { createRng } from '@tenfold/random';
import { expectClose } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { withSixViews } from './views';

beforeAll(async () => {
  await tf.setBackend('simd');
});

const [COUNT, HEIGHT, WIDTH] = [3, 5, 4];

/** The view, pixel by pixel: out[y, x] = in[reflect(y + shift), reflect(x + shift)], then mirrored. */
function naiveView(images: Float32Array, shift: number, mirrored: boolean): Float32Array {
  const reflect = (i: number, size: number) => (i < 0 ? -i : i >= size ? 2 * size - 2 - i : i);
  return images.map((_, at) => {
    const c = at % 3;
    const x = Math.floor(at / 3) % WIDTH;
    const y = Math.floor(at / (3 * WIDTH)) % HEIGHT;
    const image = Math.floor(at / (3 * WIDTH * HEIGHT));
    const from = mirrored ? WIDTH - 1 - x : x;
    return images[
      ((image * HEIGHT + reflect(y + shift, HEIGHT)) * WIDTH + reflect(from + shift, WIDTH)) * 3 + c
    ]!;
  });
}

it('averages the logits of the six views, as a naive loop makes them', async () => {
  // Neither symmetric nor blind to places, so that every pixel of every view tells in the logits.
  const model = createModel(sequential([conv2d({ inChannels: 3, outChannels: 2, kernelSize: 3 }), flatten]), {
    seed: 4,
  });
  const images = createRng(1).fillNormal(new Float32Array(COUNT * HEIGHT * WIDTH * 3));
  const shape: [number, number, number, number] = [COUNT, HEIGHT, WIDTH, 3];
  const views: [weight: number, shift: number, mirrored: boolean][] = [
    [0.25, 0, false],
    [0.25, 0, true],
    [0.125, -1, false],
    [0.125, -1, true],
    [0.125, 1, false],
    [0.125, 1, true],
  ];
  const expected = new Float32Array(COUNT * HEIGHT * WIDTH * 2);
  for (const [weight, shift, mirrored] of views) {
    const logits = model.predict(tf.tensor4d(naiveView(images, shift, mirrored), shape));
    for (const [i, value] of (await logits.data()).entries()) expected[i]! += weight * value;
  }
  const xs = tf.tensor4d(images, shape);
  const before = tf.memory().numTensors;
  const found = withSixViews(model).predict(xs);
  expect(tf.memory().numTensors).toBe(before + 1);
  await expectClose(found, expected);
  expect([...(await xs.data())]).toEqual([...images]);
});
