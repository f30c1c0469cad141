import type { Rng } from '@tenfold/random';

/**
 * Draws a number from the beta distribution with both parameters α: X/(X + Y), with X and Y from the gamma distribution.
 *
 * @see Marsaglia, Tsang, "A Simple Method for Generating Gamma Variables", 2000
 */
export function sampleBeta(rng: Rng, alpha: number): number {
  const [x, y] = [logGamma(rng, alpha), logGamma(rng, alpha)];
  return 1 / (1 + Math.exp(y - x)); // by logarithms, because both may underflow for a small α
}

/** Draws the logarithm of a number from the gamma distribution with the given shape. */
function logGamma(rng: Rng, shape: number): number {
  if (shape < 1) return logGamma(rng, shape + 1) + Math.log(1 - rng.uniform()) / shape;
  const d = shape - 1 / 3;
  for (;;) {
    const z = rng.normal();
    const v = (1 + z / Math.sqrt(9 * d)) ** 3;
    if (v > 0 && Math.log(1 - rng.uniform()) < z ** 2 / 2 + d * (1 - v + Math.log(v))) return Math.log(d * v);
  }
}
