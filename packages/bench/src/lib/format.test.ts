import { expect, it } from 'vitest';
import { bytes, clock, count, energy, flop, percent, plural, points, rate, seconds, times } from './format';

it.each([
  [count(1234567), '1,234,567'],
  [plural(1, 'epoch'), '1 epoch'],
  [plural(1200, 'epoch'), '1,200 epochs'],
  [percent(0.92345), '92.34 %'],
  [percent(0.5, 0), '50 %'],
  [points(0.0123), '+1.23 points'],
  [points(-0.2), '−20.00 points'],
  [rate(0.01234), '0.0123'],
  [rate(4.567), '4.57'],
  [rate(12345.6), '12,346'],
  [rate(0), '0'],
  [seconds(0.0042), '4.2 ms'],
  [seconds(9.87), '9.9 s'],
  [seconds(59.97), '1 min 0 s'],
  [seconds(75), '1 min 15 s'],
  [seconds(3599.7), '1 h 0 min'],
  [seconds(5000), '1 h 23 min'],
  [clock(new Date(2026, 0, 5, 9, 7)), '2026-01-05 09:07'],
  [times(0.0157), '1/63.7'],
  [times(0.424), '0.424×'],
  [times(1 / 1200), '1/1,200'],
  [flop(1.66e14), '166 TFLOP'],
  [flop(999.9), '1 kFLOP'],
  [energy(5400), '5.4 kJ'],
  [bytes(5e9), '4.66 GiB'],
  [bytes(12), '12 B'],
])('%s', (formatted, expected) => {
  expect(formatted).toBe(expected);
});

it('a number that is missing or not finite is a dash', () => {
  for (const format of [count, percent, points, rate, seconds, times, flop, bytes, energy]) {
    for (const value of [null, undefined, Number.NaN, Number.POSITIVE_INFINITY])
      expect(format(value)).toBe('–');
  }
});
