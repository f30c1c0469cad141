import { expect, it } from 'vitest';
import { computeOutcome } from './outcome';

it('counts hits and confusions, and puts the surest mistakes first', () => {
  const probabilities = new Float32Array([0.9, 0.1, 0.3, 0.7, 0.2, 0.8, 0.6, 0.4]);
  const outcome = computeOutcome(probabilities, [0, 0, 1, 1], 2);
  expect(outcome.accuracy).toBe(0.5);
  expect(outcome.confusionMatrix).toEqual([
    [1, 1],
    [1, 1],
  ]);
  expect(outcome.perClassAccuracy).toEqual([0.5, 0.5]);
  expect(outcome.mistakes.map((m) => [m.image, m.label, m.prediction])).toEqual([
    [1, 0, 1],
    [3, 1, 0],
  ]);
});

it('refuses numbers that do not fit, and rows that are not numbers', () => {
  expect(() => computeOutcome(new Float32Array(3), [0], 2)).toThrow(
    /3 probabilities for 1 labels of 2 classes/,
  );
  expect(() => computeOutcome(new Float32Array(2).fill(Number.NaN), [0], 2)).toThrow(
    /image 0 are not numbers/,
  );
});
