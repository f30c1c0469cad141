import type { Calibration } from '../../results/results';

/**
 * The calibration of a model: predictions are sorted into bins by the probability of the predicted class, and in each bin the
 * accuracy is compared with the mean of these probabilities.
 *
 * ECE = Σ_b n_b/n·|accuracy_b − confidence_b|, bins of equal width that include their upper bounds
 *
 * @param probabilities [images, classes], row-major
 * @param labels class indices [images]
 * @throws when the lengths do not match, or a row has NaN
 * @see Guo, Pleiss, Sun, Weinberger, "On Calibration of Modern Neural Networks", 2017, https://arxiv.org/abs/1706.04599
 */
export function computeCalibration(
  probabilities: Float32Array,
  labels: ArrayLike<number>,
  classes: number,
  { bins: count = 15 }: { bins?: number } = {},
): Calibration {
  if (probabilities.length !== labels.length * classes || labels.length === 0) {
    throw new Error(
      `computeCalibration: ${probabilities.length} probabilities for ${labels.length} labels of ${classes} classes`,
    );
  }
  const bins = Array.from({ length: count }, () => ({ images: 0, confidence: 0, right: 0 }));
  for (let image = 0; image < labels.length; image++) {
    const row = probabilities.subarray(image * classes, (image + 1) * classes);
    const largest = Math.max(...row);
    const confidence = Math.min(1, largest); // float32 may round a probability to above 1
    const bin = bins[Math.max(0, Math.ceil(confidence * count) - 1)];
    if (!bin) throw new Error(`computeCalibration: the probabilities of image ${image} are not numbers`);
    bin.images++;
    bin.confidence += confidence;
    if (row.indexOf(largest) === labels[image]) bin.right++;
  }
  const gaps = bins.map(({ confidence, right }) => Math.abs(right - confidence));
  return {
    expectedCalibrationError: gaps.reduce((sum, gap) => sum + gap, 0) / labels.length,
    bins: bins.map(({ images, confidence, right }, i) => ({
      from: i / count,
      to: (i + 1) / count,
      images,
      confidence: images > 0 ? confidence / images : null,
      accuracy: images > 0 ? right / images : null,
    })),
  };
}
