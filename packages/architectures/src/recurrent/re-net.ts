import { assertOptions, assertSize, count, oneOf } from '@tenfold/checks';
import {
  bidirectional,
  block,
  dense,
  globalAveragePool,
  gru,
  type Layer,
  layerNorm,
  lstm,
  patchEmbedding,
  sequential,
} from '@tenfold/layers';
import * as tf from '@tensorflow/tfjs-core';
import { assertPatches } from '../checks/assert-patches';
import { checkImages } from '../checks/check-images';

export interface ReNetOptions {
  /** The recurrent cell; 'gru' by default. */
  cell?: 'lstm' | 'gru';
  /** Height and width of the images; 32 by default. */
  imageSize?: number;
  /** Number of channels of the images; 3 by default. */
  inChannels?: number;
  /** Height and width of a patch, a divisor of imageSize; 4 by default. */
  patchSize?: number;
  /** Size of the tokens, even; the state of a cell has half this size. 192 by default. */
  width?: number;
  /** Number of blocks, at least 1; 2 by default. */
  depth?: number;
  /** Number of logits; 10 by default. */
  classes?: number;
}

/**
 * A recurrent network that sweeps over an image in four directions: images [batch, imageSize, imageSize, inChannels] to logits
 * [batch, classes].
 *
 * patches: each patch of patchSize² pixels becomes a token of a grid
 * block1…: x + rows(norm1(x)), then x + columns(norm2(x)): bidirectional cells run along each row, then along each column
 * norm, mean over all tokens, head: dense
 *
 * By default, there are 64 tokens.
 *
 * @throws when an option is unknown or out of range, patchSize does not divide imageSize, or width is odd
 * @example
 * createModel(reNet({ cell: 'lstm', depth: 1 })).predict(tf.zeros([1, 32, 32, 3])); // [1, 10]
 * @see Visin et al., "ReNet: A Recurrent Neural Network Based Alternative to Convolutional Networks", 2015,
 *   https://arxiv.org/abs/1505.00393, section 2
 */
export function reNet(options: ReNetOptions = {}): Layer {
  assertOptions('reNet', options, {
    cell: oneOf('lstm', 'gru'),
    imageSize: count,
    inChannels: count,
    patchSize: count,
    width: count,
    depth: count,
    classes: count,
  });
  const { cell = 'gru', imageSize = 32, inChannels = 3, patchSize = 4 } = options;
  const { width = 192, depth = 2, classes = 10 } = options;
  const side = assertPatches('reNet', options, { imageSize, patchSize, inChannels });
  if (width % 2 !== 0) {
    throw new Error(`reNet: width is ${width}; give an even number, half of it for each direction`);
  }
  assertSize('reNet', options, { width }, 'the values of all gates', 2 * width);
  const cellOptions = { inFeatures: width, units: width / 2, output: 'all' } as const;
  const reader = () => (cell === 'lstm' ? lstm(cellOptions) : gru(cellOptions));
  const sweep = () => bidirectional(reader(), reader());
  const blocks = Array.from({ length: depth }, (_, i) => {
    const layers = {
      norm1: layerNorm({ features: width }),
      rows: sweep(),
      norm2: layerNorm({ features: width }),
      columns: sweep(),
    };
    const sweeps = block(layers, (l, x) => {
      const across = tf.add(x, alongRows(l.norm1(x), side, l.rows));
      return tf.add(across, alongColumns(l.norm2(across), side, l.columns));
    });
    return [`block${i + 1}`, sweeps] as const;
  });
  return sequential({
    images: checkImages('reNet', inChannels, imageSize),
    patches: patchEmbedding({ patchSize, inChannels, features: width }),
    ...Object.fromEntries(blocks),
    norm: layerNorm({ features: width }),
    pool: globalAveragePool,
    head: dense({ inFeatures: width, outFeatures: classes }),
  });
}

type Sweep = (x: tf.Tensor) => tf.Tensor;

/** Applies a layer to each row of the grid as a sequence. */
function alongRows(x: tf.Tensor, side: number, sweep: Sweep): tf.Tensor {
  const [batch, , width] = x.shape as [number, number, number];
  return tf.reshape(sweep(tf.reshape(x, [batch * side, side, width])), x.shape);
}

function alongColumns(x: tf.Tensor, side: number, sweep: Sweep): tf.Tensor {
  const turned = transposeGrid(x, side);
  return transposeGrid(alongRows(turned, side, sweep), side);
}

/** Transposes the grid of tokens [batch, side·side, width]. */
function transposeGrid(x: tf.Tensor, side: number): tf.Tensor {
  const [batch, tokens, width] = x.shape as [number, number, number];
  return tf.reshape(tf.transpose(tf.reshape(x, [batch, side, side, width]), [0, 2, 1, 3]), [
    batch,
    tokens,
    width,
  ]);
}
