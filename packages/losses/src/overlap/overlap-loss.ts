import type { Kinds } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { probabilities } from '../domain';
import { createLoss, type Loss, type Specific } from '../loss';
import { sameShape } from '../shapes';
import type { ReductionOptions } from '../weighting';

/** A loss of masks [batch, …, classes], one for each example and class: [batch, classes]. */
export const overlapLoss = <O extends ReductionOptions>(
  name: string,
  formula: (labels: tf.Tensor, predictions: tf.Tensor, options: Specific<O>) => tf.Tensor,
  kinds: Kinds<Specific<O>>,
): Loss<O> =>
  createLoss<O>({
    name,
    prepare: (labels, predictions) => {
      const [y, p] = sameShape(name, labels, predictions, 'probabilities');
      if (p.rank < 3 || p.shape.slice(1).includes(0)) {
        throw new Error(
          `${name}: probabilities have shape [${p.shape}]; give [batch, …, classes] with positions in between, such as [batch, height, width, 1]`,
        );
      }
      const positions = p.shape.slice(1, -1).reduce((product, size) => product * size, 1);
      const shape = [p.shape[0]!, p.shape.at(-1)!];
      const aligned = [y, p].map((x) =>
        tf.transpose(tf.reshape(x, [shape[0]!, positions, shape[1]!]), [0, 2, 1]),
      );
      return { labels: [aligned[0]!], predictions: [aligned[1]!], shape };
    },
    formula: ([y], [p], options) => formula(y!, p!, options),
    kinds,
    domain: {
      labels: probabilities,
      predictions: {
        ...probabilities,
        expected: 'probabilities in [0, 1]; for logits apply tf.sigmoid or tf.softmax',
      },
    },
  });

/** The sum over the positions, of [batch, classes, positions]. */
export const sumOver = (x: tf.Tensor): tf.Tensor => tf.sum(x, -1);
