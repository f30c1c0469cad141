import { assertArgument, index, required, seed as seedKind, show } from '@tenfold/checks';
import { finalize } from './finalize';
import { floats } from './kinds';

/** A stream of pseudorandom numbers. Drawing advances it; {@link Rng.fork} does not. */
export interface Rng {
  /** A uniform number in [0, 1), a multiple of 2⁻³². */
  uniform(): number;
  /** A number from the normal distribution with mean 0 and standard deviation 1. */
  normal(): number;
  /** A uniform integer in 0 … below − 1; `below` is an integer from 1 to 2³². */
  integer(below: number): number;
  /** A random permutation of the integers 0 … n − 1; n is an integer of at least 0. */
  permutation(n: number): Uint32Array;
  /** Fills `out` with uniform numbers in [0, 1) and returns it. They are multiples of 2⁻²⁴, so that none rounds up to 1. */
  fillUniform(out: Float32Array): Float32Array;
  /** Fills `out` with numbers from N(0, 1) and returns it. */
  fillNormal(out: Float32Array): Float32Array;
  /**
   * An independent stream named by its keys. It depends only on this stream's seed and the keys, not on how many numbers have
   * been drawn: `rng.fork('shuffle', epoch)` is the same stream in a run that is resumed at that epoch.
   */
  fork(...keys: (string | number)[]): Rng;
}

/**
 * Creates a stream of pseudorandom numbers. The same seed gives the same numbers on every machine.
 *
 * The generator is sfc32 (128 bits of state, period at least 2³²). The 32-bit finalizer of MurmurHash3 mixes the seed and
 * the keys of every fork into its state. Not for cryptography.
 *
 * @param seed an integer from 0 to 2⁵³ − 1
 * @throws when the seed is not such an integer
 * @example
 * const rng = createRng(42);
 * rng.uniform(); // 0 … 1
 * rng.fork('dropout', 3).fillUniform(new Float32Array(1000));
 * @see Chris Doty-Humphrey, PractRand, http://pracrand.sourceforge.net (sfc32)
 */
export function createRng(seed: number): Rng {
  assertArgument('createRng', 'seed', seed, seedOfStream);
  return stream(
    absorb(absorb([0x9e3779b9, 0x243f6a88, 0xb7e15162, 0xdeadbeef], seed >>> 0), Math.floor(seed / 2 ** 32)),
  );
}

const seedOfStream = required({ ...seedKind, expected: 'an integer from 0 to 2^53 - 1' });

type Key = readonly [number, number, number, number];

function stream(key: Key): Rng {
  let [a, b, c] = key;
  let counter = key[3];
  const next = (): number => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  };
  for (let i = 0; i < 12; i++) next();

  const uniform = () => next() / 2 ** 32;
  // Box-Muller: the normal numbers of a pair are the coordinates of a point with this radius and a uniform angle.
  const radius = () => Math.sqrt(-2 * Math.log(1 - uniform()));
  const integer = (below: number): number => {
    if (!Number.isInteger(below) || below < 1 || below > 2 ** 32) {
      throw new Error(`integer: below is ${show(below)}; give an integer from 1 to 2^32`);
    }
    const limit = 2 ** 32 - (2 ** 32 % below); // larger draws would favor small results
    let x = next();
    while (x >= limit) x = next();
    return x % below;
  };
  return {
    uniform,
    integer,
    normal: () => radius() * Math.cos(2 * Math.PI * uniform()),
    permutation(n) {
      assertArgument('permutation', 'n', n, required(index));
      const order = Uint32Array.from({ length: n }, (_, i) => i);
      for (let i = n - 1; i > 0; i--) {
        const j = integer(i + 1);
        const swap = order[i]!;
        order[i] = order[j]!;
        order[j] = swap;
      }
      return order;
    },
    fillUniform(out) {
      assertArgument('fillUniform', 'out', out, floats);
      for (let i = 0; i < out.length; i++) out[i] = (next() >>> 8) / 2 ** 24;
      return out;
    },
    fillNormal(out) {
      assertArgument('fillNormal', 'out', out, floats);
      for (let i = 0; i < out.length; i += 2) {
        const r = radius();
        const angle = 2 * Math.PI * uniform();
        out[i] = r * Math.cos(angle);
        if (i + 1 < out.length) out[i + 1] = r * Math.sin(angle);
      }
      return out;
    },
    fork: (...keys) => stream(keys.reduce(absorbKey, absorb(key, keys.length))),
  };
}

function absorbKey(key: Key, name: string | number): Key {
  if (typeof name !== 'string' && !Number.isFinite(name)) {
    throw new Error(`fork: a key is ${show(name)}; give a string or a finite number`);
  }
  const text = typeof name === 'number' ? `#${name}` : `'${name}`; // 1 and '1' are different keys
  let mixed = absorb(key, text.length);
  for (let i = 0; i < text.length; i++) mixed = absorb(mixed, text.charCodeAt(i));
  return mixed;
}

function absorb([a, b, c, d]: Key, word: number): Key {
  const w = finalize(word ^ d);
  const p = finalize(a ^ w);
  const q = finalize((b + p) | 0);
  const r = finalize(c ^ q);
  return [p, q, r, finalize((d + r + w) | 0)];
}
