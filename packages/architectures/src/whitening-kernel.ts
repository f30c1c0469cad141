import * as tf from '@tensorflow/tfjs-core';
import { symmetricEigen } from './symmetric-eigen';
import { FILTERS, SIZE } from './whiten';

export interface WhiteningKernelOptions {
  /** Height and width of the images; 32 by default. */
  imageSize?: number;
  /** How many of the images are looked at, from the first; 5000 by default. */
  count?: number;
  /** Added to the eigenvalues, so that directions without variance are not blown up; 5e-4 by default. */
  epsilon?: number;
}

const TAPS = SIZE * SIZE * 3;

/**
 * Filters that whiten the 2×2 patches of images: their responses are uncorrelated and have about variance 1.
 *
 * M = mean of p·pᵀ over all patches p (12 numbers each), M = V·diag(λ)·Vᵀ; filter k = v_k/√(λ_k + ε), largest λ first,
 * then the same filters negated. Of each v and −v the one is taken whose largest entry is positive.
 *
 * @param images normalised as the network will see them: [n, imageSize, imageSize, 3], or its values
 * @returns the 288 values of a kernel [2, 2, 3, 24], for the option `whitening`
 * @throws when there is no image, or the images have another shape
 * @example
 * cnn({ whitening: await whiteningKernel(images) });
 * @see Jordan, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU", 2024, https://arxiv.org/abs/2404.00498, section 3.1
 */
export async function whiteningKernel(
  images: tf.Tensor | Float32Array,
  { imageSize = 32, count = 5000, epsilon = 5e-4 }: WhiteningKernelOptions = {},
): Promise<Float32Array> {
  const values = await valuesOf(images, imageSize, count);
  const { eigenvalues, eigenvectors } = symmetricEigen(secondMoment(values, imageSize), TAPS);
  const kernel = new Float32Array(TAPS * FILTERS);
  for (let k = 0; k < TAPS; k++) {
    const vector = eigenvectors[k]!;
    const largest = vector.reduce((best, v) => (Math.abs(v) > Math.abs(best) ? v : best), 0);
    const factor = Math.sign(largest) / Math.sqrt(eigenvalues[k]! + epsilon);
    for (let tap = 0; tap < TAPS; tap++) {
      kernel[tap * FILTERS + k] = vector[tap]! * factor;
      kernel[tap * FILTERS + TAPS + k] = -vector[tap]! * factor;
    }
  }
  return kernel;
}

async function valuesOf(
  images: tf.Tensor | Float32Array,
  imageSize: number,
  count: number,
): Promise<Float32Array> {
  const size = imageSize * imageSize * 3;
  if (images instanceof Float32Array) {
    if (images.length === 0 || images.length % size !== 0) {
      throw new Error(
        `whiteningKernel: there are ${images.length} values; give those of images [n, ${imageSize}, ${imageSize}, 3], a multiple of ${size}`,
      );
    }
    return images.subarray(0, count * size);
  }
  const [n, ...shape] = images.shape;
  if (!n || shape.join() !== [imageSize, imageSize, 3].join()) {
    throw new Error(
      `whiteningKernel: the images have shape [${images.shape}]; give [n, ${imageSize}, ${imageSize}, 3] with at least one image`,
    );
  }
  const first = tf.slice(images, 0, Math.min(count, n));
  const values = (await first.data()) as Float32Array;
  first.dispose();
  return values;
}

// M, row by row. A patch lies in two runs of 6 values: a pixel and its right neighbour, and the two below.
function secondMoment(images: Float32Array, imageSize: number): Float64Array {
  const moment = new Float64Array(TAPS * TAPS);
  const patch = new Float64Array(TAPS);
  const row = imageSize * 3;
  const run = SIZE * 3;
  let patches = 0;
  for (let start = 0; start < images.length; start += imageSize * row) {
    for (let y = 0; y + SIZE <= imageSize; y++) {
      for (let x = 0; x + SIZE <= imageSize; x++) {
        const at = start + y * row + x * 3;
        for (let tap = 0; tap < TAPS; tap++)
          patch[tap] = images[at + Math.floor(tap / run) * row + (tap % run)]!;
        for (let i = 0; i < TAPS; i++) {
          for (let j = 0; j <= i; j++) moment[i * TAPS + j]! += patch[i]! * patch[j]!;
        }
        patches++;
      }
    }
  }
  return moment.map((_, at) => {
    const [i, j] = [Math.floor(at / TAPS), at % TAPS];
    return moment[Math.max(i, j) * TAPS + Math.min(i, j)]! / patches;
  });
}
