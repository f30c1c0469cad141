import * as tf from '@tensorflow/tfjs-core';
import { block } from '../model/block';
import type { Layer } from '../model/layer';
import { assertSizes } from '../model/parameter';
import { gru } from './gru';
import { lstm } from './lstm';

export interface BidirectionalOptions {
  /** What reads the sequence. */
  cell: 'lstm' | 'gru';
  /** Size of one step of the input. */
  inFeatures: number;
  /** Size of the state in each direction. */
  units: number;
}

/**
 * Two recurrent layers over the second axis, one from each end: every step knows what comes before and after it.
 *
 * y_t = [→h_t, ←h_t], with →h the states of one cell over x₁ … x_T and ←h those of the other over x_T … x₁
 *
 * The parameters are those of `lstm` or `gru`, below `forward` and `backward`.
 *
 * @returns a layer from [batch, time, inFeatures] to [batch, time, 2·units]
 * @throws when a size is not a positive integer, the cell is not known, or the input is not such a batch
 * @example
 * sequential([bidirectional({ cell: 'gru', inFeatures: 96, units: 64 }), dense({ inFeatures: 128, outFeatures: 10 })]);
 * @see Schuster, Paliwal, "Bidirectional Recurrent Neural Networks", 1997
 */
export function bidirectional({ cell, inFeatures, units }: BidirectionalOptions): Layer {
  assertSizes('bidirectional', { inFeatures, units });
  if (cell !== 'lstm' && cell !== 'gru') {
    throw new Error(`bidirectional: cell is ${JSON.stringify(cell)}; give 'lstm' or 'gru'`);
  }
  const make = () => {
    const options = { inFeatures, units, output: 'all' } as const;
    return cell === 'lstm' ? lstm(options) : gru(options);
  };
  return block({ forward: make(), backward: make() }, (l, x) => {
    if (x.rank !== 3 || x.shape[2] !== inFeatures || x.shape[1] === 0) {
      throw new Error(
        `bidirectional: the input has shape [${x.shape}]; give sequences [batch, time, ${inFeatures}] of at least one step, since inFeatures is ${inFeatures}`,
      );
    }
    return tf.concat([l.forward(x), tf.reverse(l.backward(tf.reverse(x, 1)), 1)], 2);
  });
}
