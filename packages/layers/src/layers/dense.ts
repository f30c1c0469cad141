import { assertOptions, count, flag, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { type Initializer, torchUniform } from '../initializers';
import { initializerKind } from '../initializers/initializer';
import { defineLayer } from '../model/define-layer';
import type { Layer } from '../model/layer';
import { parameter } from '../model/parameter';
import { activate, activations, type LayerActivation } from '../ops/activate';
import { assertLastAxis, inputTensor } from '../ops/input-tensor';
import { matmulWithBias } from '../ops/matmul-with-bias';

export interface DenseOptions {
  /** Size of the input's last axis. */
  inFeatures: number;
  /** Size of the output's last axis. */
  outFeatures: number;
  /** Whether to add a bias; true by default. */
  bias?: boolean;
  /** Initializer of the kernel; `torchUniform()` by default, ±1/√inFeatures. */
  initializer?: Initializer;
  /** Initializer of the bias; by default, uniform in ±1/√inFeatures. */
  biasInitializer?: Initializer;
  /** Activation function of the output, such as `relu`; none by default. */
  activation?: LayerActivation;
}

/** The parameters of {@link dense}. */
export interface DenseParams {
  /** [inFeatures, outFeatures]. */
  kernel: tf.Variable;
  /** Missing with `bias: false`. */
  bias?: tf.Variable;
}

/**
 * Fully connected layer.
 *
 * y = x·W + b, with the kernel W of shape [inFeatures, outFeatures] and the bias b of shape [outFeatures]
 *
 * @returns a layer from [batch, …, inFeatures] to [batch, …, outFeatures]; a single example [inFeatures] gives [outFeatures]
 * @throws when an option is unknown or out of range, the input's last axis is not inFeatures, or the activation does not keep the shape
 * @example
 * sequential([dense({ inFeatures: 784, outFeatures: 128, activation: relu }), dense({ inFeatures: 128, outFeatures: 10 })]);
 * @see Goodfellow, Bengio, Courville, "Deep Learning", 2016, chapter 6
 */
export function dense(options: DenseOptions): Layer<DenseParams> {
  assertOptions('dense', options, {
    inFeatures: required(count),
    outFeatures: required(count),
    bias: flag,
    initializer: initializerKind,
    biasInitializer: initializerKind,
    activation: activations,
  });
  const { inFeatures, outFeatures, bias = true, initializer = torchUniform(), activation } = options;
  const { biasInitializer = torchUniform({ fanIn: inFeatures }) } = options;
  return defineLayer('dense', {
    init: (rng) => ({
      kernel: parameter([inFeatures, outFeatures], initializer, rng.fork('kernel')),
      ...(bias && { bias: parameter([outFeatures], biasInitializer, rng.fork('bias')) }),
    }),
    apply(params, input) {
      const x = inputTensor('dense', input);
      assertLastAxis('dense', x, 'inFeatures', inFeatures);
      const flat: tf.Tensor2D = tf.reshape(x, [x.size / inFeatures, inFeatures]);
      const y = params.bias
        ? matmulWithBias(flat, params.kernel, params.bias)
        : tf.matMul(flat, params.kernel as tf.Tensor2D);
      return tf.reshape(activate('dense', activation, y), [...x.shape.slice(0, -1), outFeatures]);
    },
  });
}
