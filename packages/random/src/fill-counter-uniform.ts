import { assertArgument } from '@tenfold/checks';
import { finalize } from './finalize';
import { counterKey, floats } from './kinds';

/**
 * Fills an array with uniform numbers that depend only on a key and their index. Any of them can therefore be computed in any
 * order, in parallel or again: by several threads, on a GPU, or in a backward pass without a saved mask.
 *
 * uᵢ = ⌊hᵢ/2⁸⌋/2²⁴, hᵢ = f(f(i ⊕ k₁) + k₂) mod 2³², with f MurmurHash3's 32-bit finalizer
 *
 * @param out at most 2³² numbers
 * @param key two integers in 0 … 2³² − 1, drawn from a stream: `[rng.integer(2 ** 32), rng.integer(2 ** 32)]`
 * @returns out, filled with numbers uniform in [0, 1), multiples of 2⁻²⁴
 * @throws when out is not a Float32Array, or the key is not two such integers
 * @example
 * fillCounterUniform(new Float32Array(4), [1, 2]);
 * @see Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", 2011, https://doi.org/10.1145/2063384.2063405
 */
export function fillCounterUniform(out: Float32Array, key: readonly [number, number]): Float32Array {
  assertArgument('fillCounterUniform', 'out', out, floats);
  assertArgument('fillCounterUniform', 'key', key, counterKey);
  const [first, second] = key;
  for (let i = 0; i < out.length; i++) {
    const h = finalize((finalize(i ^ first) + second) | 0);
    out[i] = (h >>> 8) / 2 ** 24;
  }
  return out;
}
