import { checkGradient, expectClose, expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { prelu } from './prelu';

const x = () => tf.tensor([-2.3, -1.1, -0.8, 0.7, 1.2, 2.9, -1.7, 0.9], [2, 2, 2]);
const square = (x: tf.Tensor, slope: tf.Tensor) => tf.square(prelu(x, { slope }));

describe.each([{ shape: [] }, { shape: [1] }, { shape: [2] }, { shape: [2, 1] }, { shape: [2, 2, 2] }])(
  'a slope of shape $shape',
  ({ shape }) => {
    const slope = () => tf.fill(shape, 0.3);

    it('has gradients that agree with finite differences', async () => {
      await checkGradient(square, [x(), slope()]);
    });

    it('has second derivatives that agree with finite differences', async () => {
      await checkGradient((s: tf.Tensor) => tf.grad((s: tf.Tensor) => square(x(), s))(s), [slope()]);
    });
  },
);

it('sums the gradient of the slope over the negative entries', async () => {
  const dSlope = tf.grad((slope: tf.Tensor) =>
    prelu(
      [
        [-1, 2],
        [-3, -4],
      ],
      { slope },
    ),
  );
  await expectClose(dSlope(tf.tensor([0.1, 0.5])), [-4, -4]);
});

it('keeps a zero gradient where x is infinite and positive', async () => {
  const dSlope = tf.grad((slope: tf.Tensor) => prelu([Number.POSITIVE_INFINITY, -1], { slope }));
  await expectClose(dSlope(tf.tensor([0.1, 0.5])), [0, -1]);
});

it.each([
  {
    shape: [2],
    message: /prelu: slope has shape \[2\] but x has shape \[2,3\]; give a slope that broadcasts/,
  },
  { shape: [1, 2, 3], message: /prelu: slope has shape \[1,2,3\] but x has shape \[2,3\]/ },
])('rejects a slope of shape $shape', async ({ shape, message }) => {
  const [input, slope] = [tf.ones([2, 3]), tf.ones(shape)];
  await expectNoLeaks(() => {
    expect(() => prelu(input, { slope })).toThrow(message);
  });
});
