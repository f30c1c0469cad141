import { assertOptions, positive } from '@tenfold/checks';
import { assertMade, type Constraint, constraint, scaleUnits } from './constraint';

export interface MaxNormOptions {
  /** c > 0, the largest norm; 2 by default. */
  maximum?: number | undefined;
}

/**
 * Max-norm constraint: scales the weights of a unit down where their norm exceeds a limit. It goes well with dropout and large
 * learning rates.
 *
 * Wᵢ ← Wᵢ·min(1, c/‖Wᵢ‖) for each unit i: the entries of one output (last axis), or all of a parameter of rank below 2
 *
 * Units within the limit keep every bit.
 *
 * @returns a function from a tensor to one of its shape, in float32
 * @throws when an option is unknown or out of range
 * @example
 * const optimizer = constrain(sgd({ learningRate: 0.1 }), maxNorm({ maximum: 3 }), { only: /kernel$/ });
 * @see Srivastava et al., "Dropout", 2014, http://jmlr.org/papers/v15/srivastava14a.html, section 5.1
 */
export function maxNorm(options: MaxNormOptions = {}): Constraint {
  assertMade('maxNorm', [options]);
  assertOptions('maxNorm', options, { maximum: positive });
  const { maximum = 2 } = options;
  return constraint('maxNorm', (w) => scaleUnits(w, { minimum: 0, maximum }));
}
