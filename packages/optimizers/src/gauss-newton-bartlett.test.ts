import { expectClose } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { gaussNewtonBartlett } from './index';

it('is the number of examples times the square of the gradient of the sampled loss', async () => {
  const w = tf.tidy(() => tf.variable(tf.tensor1d([1, -2])));
  const estimate = gaussNewtonBartlett(() => tf.sum(tf.square(w)), { batchSize: 3 });
  const grads = { w: tf.zeros([2]) };
  const found = estimate({ params: { w }, step: 0 }, grads);
  await expectClose(found.w!, [12, 48]);
  await expectClose(w, [1, -2], { absolute: 0 });
  expect(() => gaussNewtonBartlett(() => tf.scalar(1), {} as never)).toThrow(/batchSize is missing/);
  tf.dispose([w, grads, found]);
});
