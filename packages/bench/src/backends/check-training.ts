import * as tf from '@tensorflow/tfjs-core';
import { BackendUnavailable } from './unavailable';

const STEP = 0.1;
const TOLERANCE = 1e-2; // GPU kernels sum float32 in another order; a wrong gradient is off by far more

/**
 * Trains a tiny network for one step on the current backend: convolution, pooling, dense layer, cross-entropy, SGD.
 * The gradient is compared with differences of the loss along its own direction, and the step must lower the loss.
 *
 * @throws a {@link BackendUnavailable} with reason 'wrong' when the gradient or the step is wrong
 */
export async function checkTraining(): Promise<void> {
  const wave = (count: number, phase: number) =>
    Array.from({ length: count }, (_, i) => Math.sin(1.7 * i + phase));
  const [images, labels, kernel, weights] = tf.tidy(() => [
    tf.tensor4d(wave(2 * 6 * 6 * 3, 0), [2, 6, 6, 3]),
    tf.oneHot(tf.tensor1d([0, 2], 'int32'), 3),
    tf.mul<tf.Tensor4D>(tf.tensor4d(wave(3 * 3 * 3 * 4, 1), [3, 3, 3, 4]), 0.3),
    tf.mul<tf.Tensor2D>(tf.tensor2d(wave(3 * 3 * 4 * 3, 2), [36, 3]), 0.3),
  ]) as [tf.Tensor4D, tf.Tensor, tf.Tensor4D, tf.Tensor2D];
  const loss = (k: tf.Tensor4D, w: tf.Tensor2D): tf.Scalar => {
    const hidden = tf.avgPool(tf.tanh(tf.conv2d(images, k, 1, 'same')), 2, 2, 'valid');
    const logits = tf.matMul(tf.reshape(hidden, [2, 36]), w);
    return tf.neg(tf.mean(tf.sum(tf.mul(labels, tf.logSoftmax(logits)), 1)));
  };
  const gradients = tf.grads((k: tf.Tensor, w: tf.Tensor) => loss(k as tf.Tensor4D, w as tf.Tensor2D))([
    kernel,
    weights,
  ]) as [tf.Tensor4D, tf.Tensor2D];
  const at = (distance: number) =>
    read(
      tf.tidy(() => {
        const [k, w] = [tf.mul(direction[0], distance), tf.mul(direction[1], distance)];
        return loss(tf.add(kernel, k), tf.add(weights, w));
      }),
    );
  const norm = Math.sqrt(
    await read(tf.tidy(() => tf.addN(gradients.map((gradient) => tf.sum(tf.square(gradient)))) as tf.Scalar)),
  );
  const direction = gradients.map((gradient) => tf.div(gradient, norm)) as [tf.Tensor4D, tf.Tensor2D];
  try {
    const [before, after] = [await at(0), await at(-STEP * norm)];
    // A four-point stencil: its error falls with the fourth power of the step.
    const [far, near] = [(await at(2 * STEP)) - (await at(-2 * STEP)), (await at(STEP)) - (await at(-STEP))];
    const slope = (8 * near - far) / (12 * STEP);
    if (!(Math.abs(slope - norm) <= TOLERANCE * Math.max(1, norm))) {
      throw wrong(`the gradient has length ${norm}, but the loss falls by ${slope} per unit along it`);
    }
    if (!(after < before))
      throw wrong(`a step against the gradient took the loss from ${before} to ${after}`);
  } finally {
    tf.dispose([images, labels, kernel, weights, gradients, direction]);
  }
}

async function read(scalar: tf.Scalar): Promise<number> {
  const [value] = await scalar.data();
  scalar.dispose();
  return value!;
}

function wrong(what: string): BackendUnavailable {
  const found = `a training step of a tiny network is wrong: ${what}`;
  return new BackendUnavailable('wrong', found, 'use another backend, and please report this');
}
