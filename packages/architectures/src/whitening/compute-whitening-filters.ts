import { assertOptions, count as counts, positive, show } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { symmetricEigen } from './symmetric-eigen';
import { WHITENING_SIZE, whiteningFilters, whiteningValues } from './whitening-conv';

export interface WhiteningFiltersOptions {
  /** Height and width of the images; 32 by default. */
  imageSize?: number;
  /** Number of channels of the images; 3 by default. */
  inChannels?: number;
  /** Maximum number of images to use, starting with the first; 5000 by default. */
  count?: number;
  /** Added to the eigenvalues, to avoid amplifying directions without variance; 5e-4 by default. */
  epsilon?: number;
}

/**
 * Computes filters that whiten the 2×2 patches of images: their responses are uncorrelated, with a variance of about 1.
 *
 * M = mean of p·pᵀ over all patches p (4·inChannels values each), M = V·diag(λ)·Vᵀ; filter k = v_k/√(λ_k + ε), largest λ first,
 * then the same filters negated. The sign of v_k makes its entry of largest magnitude positive.
 *
 * @param images float32 images [n, imageSize, imageSize, inChannels] or their values, normalized as for training
 * @returns the values of a kernel [2, 2, inChannels, 8·inChannels], for the option `whitening`
 * @throws when an option is unknown or out of range, there are no images, or they have another dtype or shape
 * @example
 * airbench({ whitening: await computeWhiteningFilters(images) });
 * @see Jordan, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU", 2024, https://arxiv.org/abs/2404.00498, section 3.1
 */
export async function computeWhiteningFilters(
  images: tf.Tensor | Float32Array,
  options: WhiteningFiltersOptions = {},
): Promise<Float32Array> {
  assertOptions('computeWhiteningFilters', options, {
    imageSize: counts,
    inChannels: counts,
    count: counts,
    epsilon: positive,
  });
  const { imageSize = 32, inChannels = 3, count = 5000, epsilon = 5e-4 } = options;
  assertImages(images);
  const values = await readImages(images, [imageSize, imageSize, inChannels], count);
  const taps = WHITENING_SIZE * WHITENING_SIZE * inChannels;
  const filters = whiteningFilters(inChannels);
  const { eigenvalues, eigenvectors } = symmetricEigen(secondMoment(values, imageSize, inChannels), taps);
  const kernel = new Float32Array(taps * filters);
  for (let k = 0; k < taps; k++) {
    const vector = eigenvectors[k]!;
    const largest = vector.reduce((best, v) => (Math.abs(v) > Math.abs(best) ? v : best), 0);
    const factor = Math.sign(largest) / Math.sqrt(eigenvalues[k]! + epsilon);
    for (let tap = 0; tap < taps; tap++) {
      kernel[tap * filters + k] = vector[tap]! * factor;
      kernel[tap * filters + taps + k] = -vector[tap]! * factor;
    }
  }
  return kernel;
}

function assertImages(images: unknown): void {
  if (whiteningValues.accepts(images)) return;
  if (images instanceof tf.Tensor && !images.isDisposed && images.dtype === 'float32') return;
  throw new Error(
    `computeWhiteningFilters: images is ${images === undefined ? 'missing' : show(images)}; give a float32 tensor, or a Float32Array, of normalized images`,
  );
}

async function readImages(
  images: tf.Tensor | Float32Array,
  image: number[],
  count: number,
): Promise<Float32Array> {
  const size = tf.util.sizeFromShape(image);
  const expected = `[n, ${image.join(', ')}]`;
  if (!(images instanceof tf.Tensor)) {
    if (images.length === 0 || images.length % size !== 0) {
      throw new Error(
        `computeWhiteningFilters: there are ${images.length} values; give images ${expected}, a multiple of ${size} values`,
      );
    }
    return images.subarray(0, count * size);
  }
  const [n, ...shape] = images.shape;
  if (!n || shape.join() !== image.join()) {
    throw new Error(
      `computeWhiteningFilters: the images have shape [${images.shape}]; give ${expected} with at least one image, or set imageSize and inChannels`,
    );
  }
  const first = tf.slice(images, 0, Math.min(count, n));
  const values = (await first.data()) as Float32Array;
  first.dispose();
  return values;
}

// M, row by row. In memory, a patch is two runs of 2·channels values: a pixel and its right neighbor, and the two below.
function secondMoment(images: Float32Array, imageSize: number, channels: number): Float64Array {
  const taps = WHITENING_SIZE * WHITENING_SIZE * channels;
  const moment = new Float64Array(taps * taps);
  const patch = new Float64Array(taps);
  const row = imageSize * channels;
  const run = WHITENING_SIZE * channels;
  let patches = 0;
  for (let start = 0; start < images.length; start += imageSize * row) {
    for (let y = 0; y + WHITENING_SIZE <= imageSize; y++) {
      for (let x = 0; x + WHITENING_SIZE <= imageSize; x++) {
        const at = start + y * row + x * channels;
        for (let tap = 0; tap < taps; tap++)
          patch[tap] = images[at + Math.floor(tap / run) * row + (tap % run)]!;
        for (let i = 0; i < taps; i++) {
          for (let j = 0; j <= i; j++) moment[i * taps + j]! += patch[i]! * patch[j]!;
        }
        patches++;
      }
    }
  }
  return moment.map((_, at) => {
    const [i, j] = [Math.floor(at / taps), at % taps];
    return moment[Math.max(i, j) * taps + Math.min(i, j)]! / patches;
  });
}
