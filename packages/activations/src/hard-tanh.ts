import { finite } from '@tenfold/checks';
import { type ActivationFunction, elementwise } from './elementwise';
import { clip, where, within } from './piecewise';

export interface HardTanhOptions {
  /** The lower limit; −1 by default. */
  minValue?: number;
  /** The upper limit, above minValue; 1 by default. */
  maxValue?: number;
}

/**
 * Hard hyperbolic tangent: x, clipped to a range.
 *
 * f(x) = min(max(x, minValue), maxValue); f'(x) = 1 where minValue < x < maxValue, 0 elsewhere
 *
 * @param x any shape; values in ℝ
 * @returns the shape of x; values in [minValue, maxValue]
 * @throws when an option is not finite, or minValue is not below maxValue
 * @example
 * hardTanh([-2, 0.5, 2]); // [-1, 0.5, 1]
 * @see Collobert, "Large Scale Machine Learning", 2004
 */
export const hardTanh: ActivationFunction<HardTanhOptions> = /* @__PURE__ */ elementwise<
  HardTanhOptions,
  [number, number]
>(
  'hardTanh',
  {
    value: (x, minValue, maxValue) => clip(x, minValue, maxValue),
    gradient: (dy, x, minValue, maxValue) => where(within(x, minValue, maxValue), dy),
    keeps: 'x',
    parameters({ minValue = -1, maxValue = 1 }) {
      if (minValue >= maxValue) {
        throw new Error(
          `hardTanh: minValue is ${minValue} and maxValue is ${maxValue}; give a minValue below maxValue`,
        );
      }
      return [minValue, maxValue];
    },
  },
  { minValue: finite, maxValue: finite },
);
