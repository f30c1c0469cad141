import { gelu } from '@tenfold/activations';
import { assertOptions, assertSize, count, fraction, listOf, show } from '@tenfold/checks';
import { batchNorm, dense, dropout, flatten, type Layer, sequential } from '@tenfold/layers';
import * as tf from '@tensorflow/tfjs-core';

export interface MlpOptions {
  /** Height and width of the images; 32 by default. */
  imageSize?: number;
  /** Number of channels of the images; 3 by default. */
  inChannels?: number;
  /** Number of values in an example, for data other than images; imageSize²·inChannels by default. */
  inFeatures?: number;
  /** Number of units of each hidden layer; [2048, 2048, 1024] by default. */
  widths?: number[];
  /** Number of logits; 10 by default. */
  classes?: number;
  /** Probability of dropping a hidden unit in training, in [0, 1); 0.1 by default. */
  dropoutRate?: number;
}

/**
 * A multilayer perceptron: examples [batch, …] of inFeatures values to logits [batch, classes].
 *
 * layer1…: dense, batch norm, GELU, dropout
 * head:    dense
 *
 * @throws when an option is unknown or out of range, or there is no hidden layer
 * @example
 * createModel(mlp({ imageSize: 28, inChannels: 1, widths: [256] })).predict(tf.zeros([1, 28, 28, 1])); // [1, 10]
 * createModel(mlp({ inFeatures: 2, widths: [64, 64], classes: 3 })).predict(tf.zeros([1, 2])); // [1, 3]
 * @see Ioffe, Szegedy, "Batch Normalization", 2015, https://arxiv.org/abs/1502.03167;
 *   Hendrycks, Gimpel, "Gaussian Error Linear Units", 2016, https://arxiv.org/abs/1606.08415, section 3
 */
export function mlp(options: MlpOptions = {}): Layer {
  assertOptions('mlp', options, {
    imageSize: count,
    inChannels: count,
    inFeatures: count,
    widths: listOf(count),
    classes: count,
    dropoutRate: fraction,
  });
  const { imageSize = 32, inChannels = 3, classes = 10, dropoutRate = 0.1 } = options;
  const { inFeatures = imageSize * imageSize * inChannels, widths = [2048, 2048, 1024] } = options;
  if (widths.length === 0) throw new Error('mlp: widths is []; give at least one hidden layer');
  assertSize('mlp', options, { imageSize, inChannels }, 'the values of an example', inFeatures);
  const sizes = [inFeatures, ...widths];
  const hidden = widths.map((units, i) => [`layer${i + 1}`, hiddenLayer(sizes[i]!, units, dropoutRate)]);
  return sequential({
    examples: checkExamples(inFeatures),
    flatten,
    ...Object.fromEntries(hidden),
    head: dense({ inFeatures: sizes.at(-1)!, outFeatures: classes }),
  });
}

/** Passes examples on if they have as many values as the options say. */
const checkExamples =
  (inFeatures: number) =>
  (x: tf.Tensor): tf.Tensor => {
    const shape = x instanceof tf.Tensor ? x.shape : undefined;
    if (shape && shape.length > 0 && tf.util.sizeFromShape(shape.slice(1)) === inFeatures) return x;
    throw new Error(
      `mlp: the input ${shape ? `has shape [${shape}]` : `is ${show(x)}`}; give examples [batch, …] of ${inFeatures} values, or set inFeatures, or imageSize and inChannels`,
    );
  };

const hiddenLayer = (inFeatures: number, units: number, rate: number): Layer =>
  sequential({
    dense: dense({ inFeatures, outFeatures: units }),
    norm: batchNorm({ channels: units, activation: gelu }),
    dropout: dropout({ rate }),
  });
