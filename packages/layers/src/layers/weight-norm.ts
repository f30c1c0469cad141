import { assertOptions, text } from '@tenfold/checks';
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

export interface WeightNormOptions {
  /** Path of the parameter in those of the layer, such as 'recurrent.kernel'; 'kernel' by default. */
  parameter?: string;
}

/** The parameters of {@link weightNorm}. */
export interface WeightNormParams<L> {
  /** The parameters of the layer, with the direction v in place of the weight. */
  layer: ParamsOf<L>;
  /** The norm g of each output, [outputs]. */
  magnitude: tf.Variable;
}

/**
 * Weight normalization of a layer: learns the norm and the direction of the weights of each output separately.
 *
 * W = g·v/‖v‖, with the norm over all axes but the last, which is that of the outputs; g starts at ‖v‖
 *
 * Other parameters of the layer, such as its bias, stay as they are. Weights of norm 0 give NaN.
 *
 * @param layer a layer with weights [in, out] or [height, width, in, out], such as `dense` or `conv2d`
 * @returns a layer with the same input and output
 * @throws when an option is unknown, the argument is not a layer, or it has no such parameter of at least two axes
 * @example
 * weightNorm(dense({ inFeatures: 8, outFeatures: 4 }));
 * @see Salimans, Kingma, "Weight Normalization", 2016, https://arxiv.org/abs/1602.07868, equation 2
 */
export function weightNorm<const L extends AnyLayer>(
  layer: L,
  options: WeightNormOptions = {},
): Layer<WeightNormParams<L>, InputOf<L>, OutputOf<L>> {
  assertLayer('weightNorm', 'layer', layer);
  assertOptions('weightNorm', options, { parameter: text });
  const { parameter = 'kernel' } = options;
  const inner = toLayer(layer);
  return defineLayer('weightNorm', {
    init(rng) {
      const params = inner.init(rng);
      const weight = parameterAt('weightNorm', params, parameter);
      const magnitude = tf.tidy(() => tf.variable(tf.reshape(norm(weight), [weight.shape.at(-1)!])));
      return { layer: params, magnitude };
    },
    apply(params, input, context) {
      const direction = parameterAt('weightNorm', params.layer, parameter);
      const weight = tf.mul(direction, tf.div(params.magnitude, norm(direction)));
      return inner.apply(withParameter(params.layer, parameter, weight), input, context);
    },
  });
}

/** The norm of the weights of each output, with the other axes as 1. */
const norm = (weight: tf.Tensor): tf.Tensor => {
  const axes = weight.shape.map((_, i) => i).slice(0, -1);
  return tf.sqrt(tf.sum(tf.square(weight), axes, true));
};
