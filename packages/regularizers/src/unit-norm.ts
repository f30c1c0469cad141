import { assertMade, type Constraint, constraint, scaleUnits } from './constraint';

/**
 * Unit-norm constraint: scales the weights of each unit to the norm 1.
 *
 * Wᵢ ← Wᵢ/‖Wᵢ‖ for each unit i: the entries of one output (last axis), or all of a parameter of rank below 2
 *
 * Weights of 0 have no direction, and stay 0.
 *
 * @returns a function from a tensor to one of its shape, in float32
 * @example
 * const optimizer = constrain(sgd({ learningRate: 0.1 }), unitNorm(), { only: /kernel$/ });
 * @see Keras, https://keras.io/api/layers/constraints
 */
export function unitNorm(): Constraint;
export function unitNorm(...call: unknown[]): Constraint {
  assertMade('unitNorm', call);
  return constraint('unitNorm', (w) => scaleUnits(w, { minimum: 1, maximum: 1 }));
}
