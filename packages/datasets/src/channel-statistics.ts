import { checkImageSet, type ImageSet } from './image-set';

/**
 * Computes the mean and standard deviation of each channel over all pixels, scaled to 0 … 1, for the normalization by
 * {@link batches}. They are exact, because they are computed from the counts of each byte.
 *
 * @returns `mean` and `standardDeviation`, one number per channel; the standard deviation divides by the number of pixels
 * @throws when the set is empty
 * @example
 * const { mean, standardDeviation } = channelStatistics(train); // [0.4914, 0.4822, 0.4465], [0.2470, 0.2435, 0.2616]
 */
export function channelStatistics(imageSet: ImageSet): { mean: number[]; standardDeviation: number[] } {
  checkImageSet('channelStatistics', imageSet);
  const { images, count, height, width, channels } = imageSet;
  if (images.length === 0) throw new Error('channelStatistics: the image set is empty');
  const occurrences = Array.from({ length: channels }, () => new Float64Array(256));
  occurrences.forEach((counts, c) => {
    for (let i = c; i < images.length; i += channels) counts[images[i]!]!++;
  });
  const pixels = count * height * width;
  const mean = occurrences.map((counts) => counts.reduce((sum, n, byte) => sum + n * byte, 0) / pixels / 255);
  const standardDeviation = occurrences.map((counts, c) =>
    Math.sqrt(counts.reduce((sum, n, byte) => sum + n * (byte / 255 - mean[c]!) ** 2, 0) / pixels),
  );
  return { mean, standardDeviation };
}
