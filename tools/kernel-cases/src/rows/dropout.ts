import type { Kernels } from '@tenfold/kernels';
import { fillCounterUniform } from '@tenfold/random';
import { type Array64, map } from '../array';
import { normal, values } from '../inputs';
import type { Case, KernelRow } from '../row';

type Attributes = Kernels['Dropout']['attributes'];

function drop(x: Array64, { rate, key }: Attributes): Array64[] {
  const uniform = fillCounterUniform(new Float32Array(x.values.length), key);
  const kept = Math.fround(1 / (1 - rate));
  return [map(x, (value, i) => (uniform[i]! < rate ? 0 : value * kept))];
}

const createCase = (size: number, rate: number, key = [0xdeadbeef, size]): Case => ({
  name: `[${size}], rate ${rate}, key ${key}`,
  inputs: { x: normal([size], 1) },
  attributes: { rate, key },
});

/** Dropout with a mask from a key; its gradient is the same kernel on dy. */
export const dropout: KernelRow = {
  kernel: 'Dropout',
  describe: {
    inputs: 'x',
    attributes: 'rate, in [0, 1); key: two integers in 0 … 2³² − 1',
    outputs:
      '0 where u < rate, even if x is NaN or infinite there, else x/(1 − rate), with u = ⌊h/2⁸⌋/2²⁴, ' +
      "h = f(f(i xor key[0]) + key[1]) mod 2³² of the element's index i and f MurmurHash3's 32-bit finalizer: " +
      '`fillCounterUniform` of @tenfold/random',
  },
  reference: ({ x }, attributes: Attributes) => drop(x!, attributes),
  cases: [
    ...[0, 1, 3, 5, 65, 20_001].map((size) => createCase(size, 0.1)),
    createCase(1000, 0),
    createCase(1000, 0.999),
    createCase(1000, 1e-9),
    createCase(70_004, 1 / 3, [2 ** 32 - 1, 2 ** 31]),
    {
      name: 'any rank, and extremes',
      inputs: { x: values([80, 0, 1e30, 1e-30, Number.NaN, Number.POSITIVE_INFINITY], [1, 2, 3]) },
      attributes: { rate: 1e-9, key: [1, 2] },
    },
    {
      name: 'NaN and infinities, half of them dropped',
      inputs: {
        x: values(Array.from({ length: 69 }, (_, i) => [Number.NaN, Infinity, -Infinity, -1][i % 4]!)),
      },
      attributes: { rate: 0.5, key: [1, 2] },
    },
    { ...createCase(125 * 64 * 192, 0.1), speed: true },
  ],
  // Bit for bit.
  tolerance: {},
};
