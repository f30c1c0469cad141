import { createRng } from '@tenfold/random';
import * as tf from '@tensorflow/tfjs-core';

export interface CheckGradientOptions {
  /** Distance of the inner points of the stencil, in the units of the inputs. */
  step?: number;
  /** The maximum difference, relative to the larger of 1 and the magnitude of the derivative. */
  tolerance?: number;
  seed?: number;
}

/**
 * Compares the gradient of a function of tensors with a finite difference along random directions, one per input.
 *
 * The output of the function is contracted with fixed random weights, so that every element of the Jacobian contributes. The
 * difference is the four-point stencil (8(f₁ − f₋₁) − (f₂ − f₋₂))/12h, whose error is O(h⁴). In float32, a step of 0.1 is accurate,
 * whereas a step of 1e-3 would be dominated by rounding.
 *
 * @param f a function of the inputs, smooth within two steps of them
 * @param inputs the point at which to check; they are not disposed
 */
export async function checkGradient(
  f: (...inputs: tf.Tensor[]) => tf.Tensor,
  inputs: tf.Tensor[],
  { step = 0.1, tolerance = 1e-3, seed = 1 }: CheckGradientOptions = {},
): Promise<void> {
  const rng = createRng(seed);
  const direction = (shape: number[], scale: number): tf.Tensor => {
    const values = rng.fillNormal(new Float32Array(tf.util.sizeFromShape(shape)));
    const norm = Math.sqrt(values.reduce((s, v) => s + v * v, 0)) || 1;
    return tf.tensor(
      values.map((v) => (v * scale) / norm),
      shape,
    );
  };
  const kept: tf.Tensor[] = [];
  try {
    const weights = tf.tidy(() => {
      const y = f(...inputs);
      return direction(y.shape, Math.sqrt(y.size));
    });
    kept.push(weights);
    const scalar = (...xs: tf.Tensor[]): tf.Scalar => tf.sum(tf.mul(f(...xs), weights));
    const gradients = tf.tidy(() => tf.grads(scalar)(inputs));
    kept.push(...gradients);
    for (const [i, input] of inputs.entries()) {
      const gradient = gradients[i]!;
      if (gradient.shape.join() !== input.shape.join()) {
        throw new Error(
          `checkGradient: gradient ${i} has shape [${gradient.shape}], its input [${input.shape}]`,
        );
      }
      const along = direction(input.shape, 1);
      kept.push(along);
      const at = async (distance: number): Promise<number> => {
        const value = tf.tidy(() =>
          scalar(...inputs.map((x, j) => (j === i ? tf.add(x, tf.mul(along, distance)) : x))),
        );
        const [number] = await value.data();
        value.dispose();
        return number!;
      };
      const inner = (await at(step)) - (await at(-step));
      const outer = (await at(2 * step)) - (await at(-2 * step));
      const expected = (8 * inner - outer) / (12 * step);
      const product = tf.tidy(() => tf.sum(tf.mul(gradient, along)));
      kept.push(product);
      const [actual] = await product.data();
      const difference = Math.abs(actual! - expected) / Math.max(1, Math.abs(expected));
      if (!(difference <= tolerance)) {
        throw new Error(
          `checkGradient: input ${i}: the gradient says ${actual}, the finite difference ${expected} (relative ${difference.toExponential(2)}, allowed ${tolerance})`,
        );
      }
    }
  } finally {
    tf.dispose(kept);
  }
}
