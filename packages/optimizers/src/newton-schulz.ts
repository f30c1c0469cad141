import { assertOptions, between, integer, type Kind } from '@tenfold/checks';
import { floatTensor, fused, fusedList, type Input } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { scaledNorm } from './scaled-norm';

export interface NewtonSchulzOptions {
  /** Number of iterations, an integer from 1 to 100; 5 by default. */
  steps?: number | undefined;
}

/** A number of iterations. They converge after about a dozen. */
export const iterations: Kind = {
  expected: 'an integer from 1 to 100',
  accepts: (value) => integer.accepts(value) && between(1, 100).accepts(value),
};

/**
 * Approximates the orthogonal matrix nearest to a matrix: moves all singular values close to 1 and keeps the singular vectors.
 *
 * X ← X/(‖X‖ + 1e-7) with the Frobenius norm, then `steps` times A = X·Xᵀ, X ← a·X + (b·A + c·A²)·X with
 * (a, b, c) = (3.4445, −4.7750, 2.0315). These coefficients make small singular values grow fast and leave all of them between
 * about 0.7 and 1.2. A matrix with more rows than columns uses A = Xᵀ·X, which is smaller.
 *
 * Runs the kernel `NewtonSchulz` where the backend has it.
 *
 * @param x [rows, columns], values in ℝ
 * @returns [rows, columns]; a zero matrix stays zero
 * @throws when x is not a matrix, or steps is not such an integer
 * @example
 * newtonSchulz([[3, 0], [0, 0.1]]); // near [[1, 0], [0, 1]]
 * @see Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024,
 *   https://kellerjordan.github.io/posts/muon/
 */
export function newtonSchulz(x: Input, options: NewtonSchulzOptions = {}): tf.Tensor2D {
  assertOptions('newtonSchulz', options, { steps: iterations });
  const { steps = 5 } = options;
  return tf.tidy(() => {
    const matrix = floatTensor('newtonSchulz', 'x', x);
    if (matrix.rank !== 2) {
      throw new Error(
        `newtonSchulz: x has shape [${matrix.shape}]; give a matrix, such as tf.reshape(x, [rows, columns])`,
      );
    }
    return orthogonalize(matrix, steps);
  }) as tf.Tensor2D;
}

/** Orthogonalizes many matrices, in one call where the backend has the kernel `NewtonSchulzList`. */
export function newtonSchulzForeach(matrices: tf.Tensor[], steps: number): tf.Tensor[] {
  const outputs = fusedList('NewtonSchulzList', [matrices], { steps });
  return outputs?.map(([y]) => y!) ?? matrices.map((x) => tf.tidy(() => orthogonalize(x, steps)));
}

const orthogonalize = (x: tf.Tensor, steps: number): tf.Tensor =>
  fused('NewtonSchulz', { x }, { steps }, () => [iterate(x, steps)])[0]!;

const [A, B, C] = [3.4445, -4.775, 2.0315];

function iterate(x: tf.Tensor, steps: number): tf.Tensor {
  const [rows, columns] = x.shape as [number, number];
  const tall = rows > columns;
  const { peak, root } = scaledNorm([x]);
  let y: tf.Tensor = tf.div(tf.div(x, peak), tf.add(root, tf.div(1e-7, peak)));
  for (let i = 0; i < steps; i++) {
    const previous = y;
    y = tf.tidy(() => {
      const gram = tf.matMul(previous, previous, tall, !tall);
      const polynomial = tf.add(tf.mul(gram, B), tf.mul(tf.matMul(gram, gram), C));
      const product = tall ? tf.matMul(previous, polynomial) : tf.matMul(polynomial, previous);
      return tf.add(tf.mul(previous, A), product);
    });
    previous.dispose();
  }
  return y;
}
