import { expect, it } from 'vitest';
import { computeCalibration } from './calibration';

it('agrees with a case worked out by hand', () => {
  const probabilities = new Float32Array([0.75, 0.25, 0.75, 0.25, 0.25, 0.75, 0.5, 0.5, 0, 1]);
  // Confidences 0.75 right, 0.75 wrong, 0.75 right; 0.5 right (the first of two equal ones); 1 right.
  const { bins, expectedCalibrationError } = computeCalibration(probabilities, [0, 1, 1, 0, 1], 2, {
    bins: 4,
  });
  expect(bins).toEqual([
    { from: 0, to: 0.25, images: 0, confidence: null, accuracy: null },
    { from: 0.25, to: 0.5, images: 1, confidence: 0.5, accuracy: 1 },
    { from: 0.5, to: 0.75, images: 3, confidence: 0.75, accuracy: 2 / 3 },
    { from: 0.75, to: 1, images: 1, confidence: 1, accuracy: 1 },
  ]);
  // (1·|1 − 0.5| + 3·|2/3 − 0.75| + 1·0) / 5
  expect(expectedCalibrationError).toBeCloseTo((0.5 + 0.25) / 5, 12);
});

it('has 15 bins, and an error of 0 for a model that knows what it knows', () => {
  const rows = Array.from({ length: 10 }, () => [0.6, 0.4]).flat();
  const found = computeCalibration(new Float32Array(rows), [0, 0, 0, 0, 0, 0, 1, 1, 1, 1], 2);
  expect(found.bins).toHaveLength(15);
  expect(found.expectedCalibrationError).toBeCloseTo(0, 6);
});

it('refuses numbers that do not fit, and rows that are not numbers', () => {
  expect(() => computeCalibration(new Float32Array(3), [0], 2)).toThrow(
    /3 probabilities for 1 labels of 2 classes/,
  );
  expect(() => computeCalibration(new Float32Array(2).fill(Number.NaN), [0], 2)).toThrow(
    /image 0 are not numbers/,
  );
});
