import { assertOptions, count, portion, text } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { defineLayer } from '../model/define-layer';
import {
  type AnyLayer,
  assertLayer,
  type InputOf,
  type Layer,
  type OutputOf,
  type ParamsOf,
  toLayer,
} from '../model/layer';
import { parameterAt, withParameter } from '../model/reparameterize';

export interface SpectralNormOptions {
  /** Path of the parameter in those of the layer, such as 'recurrent.kernel'; 'kernel' by default. */
  parameter?: string;
  /** Steps of the power iteration in each training step; 1 by default. */
  iterations?: number;
  /** Smallest norm by which a vector is divided, in (0, 1]; 1e-12 by default. */
  epsilon?: number;
}

/** The parameters of {@link spectralNorm}. */
export interface SpectralNormParams<L> {
  /** The parameters of the layer, with its weight W. */
  layer: ParamsOf<L>;
  /** Estimate u of the singular vector on the side of the outputs, [outputs], frozen. */
  left: tf.Variable;
  /** Estimate v of the singular vector on the side of the inputs, [inputs], frozen. */
  right: tf.Variable;
}

/**
 * Spectral normalization of a layer: divides its weight by an estimate of its largest singular value, so that the layer is about
 * 1-Lipschitz.
 *
 * Ŵ = W/σ, σ = vᵀ·W·u, with W as a matrix [inputs, outputs]. In training, each step first improves u and v by
 * u ← Wᵀ·v/‖Wᵀ·v‖, v ← W·u/‖W·u‖. They count as constants in the gradient. Outside of training they do not change.
 *
 * u and v start from random vectors after 15 steps, as in PyTorch. Where W is a convolution's kernel, σ is that of the matrix, not of
 * the convolution.
 *
 * @param layer a layer with weights [in, out] or [height, width, in, out], such as `dense` or `conv2d`
 * @returns a layer with the same input and output
 * @throws when an option is unknown or out of range, the argument is not a layer, or it has no such parameter of at least two axes
 * @example
 * spectralNorm(dense({ inFeatures: 8, outFeatures: 4 }));
 * @see Miyato et al., "Spectral Normalization for Generative Adversarial Networks", 2018, https://arxiv.org/abs/1802.05957, algorithm 1
 */
export function spectralNorm<const L extends AnyLayer>(
  layer: L,
  options: SpectralNormOptions = {},
): Layer<SpectralNormParams<L>, InputOf<L>, OutputOf<L>> {
  assertLayer('spectralNorm', 'layer', layer);
  assertOptions('spectralNorm', options, { parameter: text, iterations: count, epsilon: portion });
  const { parameter = 'kernel', iterations = 1, epsilon = 1e-12 } = options;
  const inner = toLayer(layer);
  return defineLayer('spectralNorm', {
    init(rng) {
      const params = inner.init(rng.fork('layer'));
      const weight = parameterAt('spectralNorm', params, parameter);
      const [left, right] = tf.tidy(() => {
        const matrix = toMatrix(weight);
        const random = (size: number, name: string) =>
          unit(tf.tensor2d(rng.fork(name).fillNormal(new Float32Array(size)), [size, 1]), epsilon);
        const [inputs, outputs] = matrix.shape as [number, number];
        const start = { left: random(outputs, 'left'), right: random(inputs, 'right') };
        const vectors = iterate(matrix, start, 15, epsilon);
        return [
          tf.variable(tf.reshape(vectors.left, [outputs]), false),
          tf.variable(tf.reshape(vectors.right, [inputs]), false),
        ];
      });
      return { layer: params, left: left!, right: right! };
    },
    apply(params, input, context) {
      const { training } = context;
      const weight = parameterAt('spectralNorm', params.layer, parameter);
      const matrix = toMatrix(weight);
      const [inputs, outputs] = matrix.shape as [number, number];
      const vectors = {
        left: tf.reshape(params.left, [outputs, 1]),
        right: tf.reshape(params.right, [inputs, 1]),
      } as Vectors;
      if (training) {
        const better = iterate(matrix, vectors, iterations, epsilon);
        params.left.assign(tf.reshape(better.left, [outputs]));
        params.right.assign(tf.reshape(better.right, [inputs]));
      }
      // The variables are not on the tape of the iteration, so the vectors are constants in the gradient.
      const image = tf.matMul(matrix, tf.reshape(params.left, [outputs, 1]) as tf.Tensor2D);
      const sigma = tf.sum(tf.mul(tf.reshape(image, [inputs]), params.right));
      return inner.apply(withParameter(params.layer, parameter, tf.div(weight, sigma)), input, context);
    },
  });
}

interface Vectors {
  /** u, [outputs, 1] */
  left: tf.Tensor2D;
  /** v, [inputs, 1] */
  right: tf.Tensor2D;
}

const toMatrix = (weight: tf.Tensor): tf.Tensor2D => tf.reshape(weight, [-1, weight.shape.at(-1)!]);

const unit = (x: tf.Tensor, epsilon: number): tf.Tensor2D =>
  tf.div(x, tf.maximum(tf.sqrt(tf.sum(tf.square(x))), epsilon)) as tf.Tensor2D;

function iterate(matrix: tf.Tensor2D, { left, right }: Vectors, steps: number, epsilon: number): Vectors {
  for (let i = 0; i < steps; i++) {
    left = unit(tf.matMul(matrix, right, true), epsilon);
    right = unit(tf.matMul(matrix, left), epsilon);
  }
  return { left, right };
}
