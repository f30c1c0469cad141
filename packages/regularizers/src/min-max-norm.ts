import { assertOptions, nonNegative, portion, positive, show } from '@tenfold/checks';
import { assertMade, type Constraint, constraint, scaleUnits } from './constraint';

export interface MinMaxNormOptions {
  /** The smallest norm, ≥ 0; 0 by default. */
  minimum?: number | undefined;
  /** The largest norm, > 0; 1 by default. */
  maximum?: number | undefined;
  /** r in (0, 1], how far a norm moves to the limit that it exceeds; 1 by default. */
  rate?: number | undefined;
}

/**
 * Min-max-norm constraint: keeps the norm of the weights of each unit between two limits, or moves it there.
 *
 * Wᵢ ← Wᵢ·(r·clip(‖Wᵢ‖, minimum, maximum) + (1 − r)·‖Wᵢ‖)/‖Wᵢ‖ for each unit i: the entries of one output (last axis), or all of a
 * parameter of rank below 2
 *
 * Weights of 0 have no direction, and stay 0. Units between the limits keep every bit.
 *
 * @returns a function from a tensor to one of its shape, in float32
 * @throws when an option is unknown or out of range, or minimum is above maximum
 * @example
 * const optimizer = constrain(sgd({ learningRate: 0.1 }), minMaxNorm({ minimum: 0.5, maximum: 2 }), { only: /kernel$/ });
 * @see Keras, https://keras.io/api/layers/constraints
 */
export function minMaxNorm(options: MinMaxNormOptions = {}): Constraint {
  assertMade('minMaxNorm', [options]);
  assertOptions('minMaxNorm', options, { minimum: nonNegative, maximum: positive, rate: portion });
  const { minimum = 0, maximum = 1, rate = 1 } = options;
  if (minimum > maximum) {
    throw new Error(
      `minMaxNorm: minimum is ${show(minimum)} but maximum is ${show(maximum)}; give a minimum of at most maximum`,
    );
  }
  return constraint('minMaxNorm', (w) => scaleUnits(w, { minimum, maximum, rate }));
}
