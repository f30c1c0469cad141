import type { ImageDataset, ImageSet } from '@tenfold/datasets';
import type { Model } from '@tenfold/layers';
import { createRng } from '@tenfold/random';
import * as tf from '@tensorflow/tfjs-core';
import type { Picture } from '../../results/results';
import { testBatches } from '../data';
import { attentionRollout } from './attention-rollout';
import { filterPictures } from './filter-pictures';
import { computeSaliency } from './saliency';
import { drawTiles, type Tile } from './tiles';

/** The quantile of a saliency map that is drawn brightest; larger values are clamped. */
const BRIGHTEST = 0.99;

/**
 * Pictures of what a model has learned: its first filters, and for the first test image of each class the prediction, its
 * saliency, and its attention if the model has any.
 *
 * @param samples noisy copies of each image for saliency; 25 by default
 * @throws the signal's reason when it aborts
 */
export async function drawPictures(
  model: Model,
  data: ImageDataset,
  { samples = 25, signal }: { samples?: number; signal?: AbortSignal } = {},
): Promise<Picture[]> {
  const examples = firstOfEachClass(data.test, data.classNames.length);
  const { height, width, channels, count, labels } = examples;
  const filters = await filterPictures(model, channels);
  for await (const { xs, ys } of testBatches({ ...data, test: examples }, count).batches(0)) {
    try {
      const images = xs as tf.Tensor4D;
      const predictions = await predictedClasses(model, images);
      const saliency = await computeSaliency(model, images, createRng(0).fork('saliency'), {
        samples,
        signal,
      });
      const attention = await attentionRollout(model, images);
      const className = (index: number) => data.classNames[index] ?? String(index);
      const found = Array.from(predictions, (prediction, i) =>
        prediction === labels[i]
          ? className(prediction)
          : `${className(labels[i]!)}, predicted as ${className(prediction)}`,
      );
      return [
        ...filters,
        drawTiles('The first test image of each class', imageTiles(examples), found),
        drawTiles(
          `Saliency: how much each pixel changes the score of the predicted class (SmoothGrad, ${samples} noisy copies)`,
          saliency.map((map) => brightness(map, height, width)),
          found,
        ),
        ...(attention ? [attentionPicture(attention, height, width)] : []),
      ];
    } finally {
      tf.dispose([xs, ys]);
    }
  }
  throw new Error('drawPictures: the test set is empty');
}

function firstOfEachClass(
  { images, labels, count, height, width, channels }: ImageSet,
  classes: number,
): ImageSet {
  const size = height * width * channels;
  const all = Array.from({ length: count }, (_, i) => i);
  const chosen = Array.from({ length: classes }, (_, label) => all.find((i) => labels[i] === label)).filter(
    (i) => i !== undefined,
  );
  const bytes = new Uint8Array(chosen.length * size);
  for (const [at, i] of chosen.entries()) bytes.set(images.subarray(i * size, (i + 1) * size), at * size);
  return {
    images: bytes,
    labels: Uint8Array.from(chosen, (i) => labels[i]!),
    count: chosen.length,
    height,
    width,
    channels,
  };
}

async function predictedClasses(model: Model, images: tf.Tensor): Promise<Int32Array> {
  const classes = tf.tidy(() => tf.argMax(model.predict(images), 1));
  const values = (await classes.data()) as Int32Array;
  classes.dispose();
  return values;
}

const imageTiles = ({ images, count, height, width, channels }: ImageSet): Tile[] =>
  Array.from({ length: count }, (_, i) => {
    const size = height * width * channels;
    return { height, width, channels: channels === 1 ? 1 : 3, bytes: images.slice(i * size, (i + 1) * size) };
  });

function brightness(map: Float32Array, height: number, width: number): Tile {
  const sorted = Float32Array.from(map).sort();
  const white = sorted[Math.floor(BRIGHTEST * (sorted.length - 1))] || 1;
  const bytes = Uint8Array.from(map, (value) => Math.round(255 * Math.min(1, value / white)));
  return { height, width, channels: 1, bytes };
}

function attentionPicture(parts: Float32Array[], height: number, width: number): Picture {
  const side = Math.sqrt(parts[0]!.length);
  const tiles = parts.map((tokens): Tile => {
    const [least, most] = [Math.min(...tokens), Math.max(...tokens)];
    const bytes = Uint8Array.from({ length: height * width }, (_, i) => {
      const at = (pixel: number, pixels: number) => ((pixel + 0.5) / pixels) * side - 0.5;
      const value = between(tokens, side, at(Math.floor(i / width), height), at(i % width, width));
      return Math.round((255 * (value - least)) / (most - least || 1));
    });
    return { height, width, channels: 1, bytes };
  });
  const captions = parts.map((tokens) => {
    const times = (part: number) => (part * tokens.length).toFixed(2);
    return `${times(Math.min(...tokens))} to ${times(Math.max(...tokens))} × the mean`;
  });
  return drawTiles(
    'Attention (rollout over all blocks, mean over heads): black is the minimum of an image, white the maximum',
    tiles,
    captions,
  );
}

/** Bilinear interpolation between the centers of tokens [side, side], constant beyond the outermost centers. */
function between(tokens: Float32Array, side: number, row: number, column: number): number {
  const inside = (i: number) => Math.min(side - 1, Math.max(0, i));
  const [top, left] = [Math.floor(row), Math.floor(column)];
  const value = (i: number, j: number) => tokens[inside(i) * side + inside(j)]!;
  const along = (i: number) => value(i, left) + (column - left) * (value(i, left + 1) - value(i, left));
  return along(top) + (row - top) * (along(top + 1) - along(top));
}
