import type { Calibration } from '../results/results';
import { computeCalibration } from './measure/calibration';

/** The evaluation of a model's probabilities for labeled images. */
export interface Outcome {
  accuracy: number;
  /** Row: label; column: prediction; counts. */
  confusionMatrix: number[][];
  /** Share of each class's images that were classified correctly, in [0, 1]. */
  perClassAccuracy: number[];
  calibration: Calibration | null;
  /** The most confident wrong predictions, most confident first. */
  mistakes: { image: number; label: number; prediction: number; probability: number }[];
}

const MISTAKES = 24;

/**
 * @param probabilities [images, classes], row-major
 * @param labels class indices [images]
 */
export function computeOutcome(
  probabilities: Float32Array,
  labels: ArrayLike<number>,
  classes: number,
): Outcome {
  if (probabilities.length !== labels.length * classes) {
    throw new Error(
      `computeOutcome: ${probabilities.length} probabilities for ${labels.length} labels of ${classes} classes`,
    );
  }
  const confusionMatrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  const wrong: Outcome['mistakes'] = [];
  for (let image = 0; image < labels.length; image++) {
    const row = probabilities.subarray(image * classes, (image + 1) * classes);
    const prediction = row.indexOf(Math.max(...row));
    const label = labels[image]!;
    if (prediction < 0)
      throw new Error(`computeOutcome: the probabilities of image ${image} are not numbers`);
    confusionMatrix[label]![prediction]!++;
    if (prediction !== label) wrong.push({ image, label, prediction, probability: row[prediction]! });
  }
  const hits = confusionMatrix.map((row, label) => row[label]!);
  const totals = confusionMatrix.map((row) => row.reduce((sum, count) => sum + count, 0));
  return {
    accuracy: hits.reduce((sum, count) => sum + count, 0) / labels.length,
    confusionMatrix,
    perClassAccuracy: hits.map((count, label) => count / Math.max(1, totals[label]!)),
    calibration: computeCalibration(probabilities, labels, classes),
    mistakes: wrong.sort((a, b) => b.probability - a.probability).slice(0, MISTAKES),
  };
}
