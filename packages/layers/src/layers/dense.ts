import * as tf from '@tensorflow/tfjs-core';
import { type Initializer, torchUniform } from '../initializers';
import type { Layer, Params } from '../model/layer';
import { assertSizes, parameter } from '../model/parameter';
import { type Activation, activate, assertActivation } from '../ops/activate';
import { affine } from '../ops/affine';

export interface DenseOptions {
  inFeatures: number;
  outFeatures: number;
  /** Whether b is added; true by default. */
  bias?: boolean;
  /** Of the kernel; uniform in ±1/√inFeatures by default, and so is the bias. */
  initializer?: Initializer;
  biasInitializer?: Initializer;
  /** What is applied to the output, 'none' by default. */
  activation?: Activation;
}

export interface DenseParams extends Params {
  kernel: tf.Variable;
}

/**
 * Fully connected layer.
 *
 * y = x·W + b, with the kernel W of shape [inFeatures, outFeatures] and the bias b of shape [outFeatures]
 *
 * @returns a layer from [batch, …, inFeatures] to [batch, …, outFeatures]
 * @throws when a size is not a positive integer, or the input's last axis is not inFeatures
 * @example
 * sequential([dense({ inFeatures: 784, outFeatures: 128, activation: 'relu' }), dense({ inFeatures: 128, outFeatures: 10 })]);
 * @see Goodfellow, Bengio, Courville, "Deep Learning", 2016, chapter 6
 */
export function dense({
  inFeatures,
  outFeatures,
  bias = true,
  initializer = torchUniform(),
  biasInitializer,
  activation = 'none',
}: DenseOptions): Layer<DenseParams> {
  assertSizes('dense', { inFeatures, outFeatures });
  assertActivation('dense', activation);
  return {
    init: (rng) => ({
      kernel: parameter([inFeatures, outFeatures], initializer, rng.fork('kernel')),
      ...(bias && {
        bias: parameter(
          [outFeatures],
          biasInitializer ?? torchUniform({ fanIn: inFeatures }),
          rng.fork('bias'),
        ),
      }),
    }),
    apply(params, x, { countFlops }) {
      if (x.shape.at(-1) !== inFeatures) {
        throw new Error(
          `dense: the input has shape [${x.shape}] but inFeatures is ${inFeatures}; its last axis must have that size`,
        );
      }
      const rows = x.size / inFeatures;
      countFlops?.('dense', 2 * rows * inFeatures * outFeatures);
      const flat: tf.Tensor2D = tf.reshape(x, [rows, inFeatures]);
      const kernel = params.kernel as tf.Tensor2D;
      const y = bias ? affine(flat, kernel, params.bias as tf.Tensor1D) : tf.matMul(flat, kernel);
      return tf.reshape(activate(activation, y), [...x.shape.slice(0, -1), outFeatures]);
    },
  };
}
