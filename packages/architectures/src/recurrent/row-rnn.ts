import { assertOptions, assertSize, count, oneOf } from '@tenfold/checks';
import { dense, gru, type Layer, lstm, sequential } from '@tenfold/layers';
import * as tf from '@tensorflow/tfjs-core';
import { checkImages } from '../checks/check-images';

export interface RowRnnOptions {
  /** The recurrent cell; 'lstm' by default. */
  cell?: 'lstm' | 'gru';
  /** Height and width of the images; 32 by default. */
  imageSize?: number;
  /** Number of channels of the images; 3 by default. */
  inChannels?: number;
  /** Size of the state; 256 by default. */
  width?: number;
  /** Number of logits; 10 by default. */
  classes?: number;
}

/**
 * A recurrent network that reads an image row by row: images [batch, imageSize, imageSize, inChannels] to logits [batch,
 * classes].
 *
 * rows:  a sequence of imageSize steps with imageSize·inChannels values each
 * cell:  LSTM (with forget bias 1) or GRU
 * head:  dense on the last state concatenated with the mean of all states
 *
 * @throws when an option is unknown or out of range, or the input is not such a batch of images
 * @example
 * createModel(rowRnn({ cell: 'gru', width: 128 })).predict(tf.zeros([1, 32, 32, 3])); // [1, 10]
 * @see Hochreiter, Schmidhuber, "Long Short-Term Memory", 1997; Cho et al., 2014, https://arxiv.org/abs/1406.1078
 */
export function rowRnn(options: RowRnnOptions = {}): Layer {
  assertOptions('rowRnn', options, {
    cell: oneOf('lstm', 'gru'),
    imageSize: count,
    inChannels: count,
    width: count,
    classes: count,
  });
  const { cell = 'lstm', imageSize = 32, inChannels = 3, width = 256, classes = 10 } = options;
  const inFeatures = imageSize * inChannels;
  assertSize('rowRnn', options, { imageSize, inChannels }, 'the values of a row', inFeatures);
  assertSize('rowRnn', options, { width }, 'the values of all gates', 4 * width);
  return sequential({
    images: checkImages('rowRnn', inChannels, imageSize),
    rows: (x: tf.Tensor) => tf.reshape(x, [x.shape[0]!, imageSize, inFeatures]),
    cell:
      cell === 'lstm'
        ? lstm({ inFeatures, units: width, output: 'all', forgetBias: 1 })
        : gru({ inFeatures, units: width, output: 'all' }),
    lastAndMean,
    head: dense({ inFeatures: 2 * width, outFeatures: classes }),
  });
}

// [batch, time, units] to [batch, 2·units]
function lastAndMean(states: tf.Tensor): tf.Tensor {
  const [batch, time, units] = states.shape as [number, number, number];
  const last = tf.reshape(tf.slice(states, [0, time - 1, 0], [batch, 1, units]), [batch, units]);
  return tf.concat([last, tf.mean(states, 1)], 1);
}
