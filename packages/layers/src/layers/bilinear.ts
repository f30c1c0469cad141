import { assertOptions, assertSize, count, flag, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { type Initializer, torchUniform } from '../initializers';
import { initializerKind } from '../initializers/initializer';
import { defineLayer } from '../model/define-layer';
import type { Layer } from '../model/layer';
import { parameter } from '../model/parameter';
import { addBias } from '../ops/add-bias';
import { inputTensor } from '../ops/input-tensor';
import { namedInputs } from '../ops/named-inputs';

export interface BilinearOptions {
  /** Size of the last axis of `left`. */
  leftFeatures: number;
  /** Size of the last axis of `right`. */
  rightFeatures: number;
  /** Size of the output's last axis. */
  outFeatures: number;
  /** Whether to add a bias; true by default. */
  bias?: boolean;
  /** Initializer of the kernel; by default, uniform in ±1/√leftFeatures, as in PyTorch. */
  initializer?: Initializer;
  /** Initializer of the bias; by default, uniform in ±1/√leftFeatures. */
  biasInitializer?: Initializer;
}

/** The input of {@link bilinear}. */
export interface BilinearInput {
  /** [batch, …, leftFeatures] */
  left: tf.Tensor;
  /** [batch, …, rightFeatures] */
  right: tf.Tensor;
}

/** The parameters of {@link bilinear}. */
export interface BilinearParams {
  /** [leftFeatures, rightFeatures, outFeatures]. */
  kernel: tf.Variable;
  /** Missing with `bias: false`. */
  bias?: tf.Variable;
}

/**
 * Bilinear layer: each output is a learned product of two inputs.
 *
 * y[…, o] = Σ_{i,j} left[…, i]·W[i, j, o]·right[…, j] + b[o]
 *
 * @returns a layer from { left, right } to [batch, …, outFeatures]
 * @throws when an option is unknown or out of range, or the inputs do not have these sizes and the same other axes
 * @example
 * const match = createModel(bilinear({ leftFeatures: 8, rightFeatures: 4, outFeatures: 1 }));
 * match.predict({ left: tf.zeros([2, 8]), right: tf.zeros([2, 4]) }); // [2, 1]
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Bilinear.html
 */
export function bilinear(options: BilinearOptions): Layer<BilinearParams, BilinearInput> {
  assertOptions('bilinear', options, {
    leftFeatures: required(count),
    rightFeatures: required(count),
    outFeatures: required(count),
    bias: flag,
    initializer: initializerKind,
    biasInitializer: initializerKind,
  });
  const { leftFeatures, rightFeatures, outFeatures, bias = true } = options;
  const sizes = { leftFeatures, rightFeatures, outFeatures };
  assertSize(
    'bilinear',
    options,
    sizes,
    'the values of the kernel',
    leftFeatures * rightFeatures * outFeatures,
  );
  const standard = torchUniform({ fanIn: leftFeatures });
  const { initializer = standard, biasInitializer = standard } = options;
  return defineLayer('bilinear', {
    init: (rng) => ({
      kernel: parameter([leftFeatures, rightFeatures, outFeatures], initializer, rng.fork('kernel')),
      ...(bias && { bias: parameter([outFeatures], biasInitializer, rng.fork('bias')) }),
    }),
    apply({ kernel, bias }, input) {
      const given = namedInputs('bilinear', input, { left: true, right: true });
      const left = inputTensor('bilinear', given.left, 'left');
      const right = inputTensor('bilinear', given.right, 'right');
      const outer = left.shape.slice(0, -1);
      if (
        left.shape.at(-1) !== leftFeatures ||
        right.shape.at(-1) !== rightFeatures ||
        right.shape.slice(0, -1).join() !== outer.join()
      ) {
        throw new Error(
          `bilinear: left has shape [${left.shape}] and right [${right.shape}]; give [batch, …, ${leftFeatures}] and [batch, …, ${rightFeatures}] with the same other axes`,
        );
      }
      const rows = tf.util.sizeFromShape(outer);
      const flat = tf.reshape(kernel, [leftFeatures, rightFeatures * outFeatures]);
      const weighted = tf.reshape(tf.matMul(tf.reshape(left, [rows, leftFeatures]), flat), [
        rows,
        rightFeatures,
        outFeatures,
      ]);
      const y = tf.matMul(tf.reshape(right, [rows, 1, rightFeatures]), weighted);
      const product = tf.reshape(y, [rows, outFeatures]);
      return tf.reshape(bias ? addBias(product, bias) : product, [...outer, outFeatures]);
    },
  });
}
