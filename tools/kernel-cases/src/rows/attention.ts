import type { Kernels } from '@tenfold/kernels';
import type { Array64 } from '../array';
import { normal, values } from '../inputs';
import type { Case, KernelRow } from '../row';

type Attributes = Kernels['Attention']['attributes'];
type Named = { readonly [name: string]: Array64 };

interface Sizes {
  batch: number;
  queries: number;
  keys: number;
  heads: number;
  size: number;
}

const readSizes = ({ query, key }: Named, heads: number): Sizes => {
  const [batch, queries, features] = query!.shape as [number, number, number];
  return { batch, queries, keys: key!.shape[1]!, heads, size: features / heads };
};

/** Calls `use` for every head with what finds a token's vector in [batch, tokens, heads·size]. */
function forEachHead(
  { batch, heads, size }: Sizes,
  use: (unit: number, at: (token: number, tokens: number) => number) => void,
) {
  for (let b = 0; b < batch; b++)
    for (let h = 0; h < heads; h++)
      use(b * heads + h, (token, tokens) => ((b * tokens + token) * heads + h) * size);
}

/** The scaled scores of one query: scale·q·k for every key. */
function computeScores(
  { query, key }: Named,
  { keys, size }: Sizes,
  scale: number,
  from: number,
  at: (key: number) => number,
): Float64Array {
  return Float64Array.from({ length: keys }, (_, k) => {
    let sum = 0;
    for (let i = 0; i < size; i++) sum += query!.values[from + i]! * key!.values[at(k) + i]!;
    return scale * sum;
  });
}

function attend(inputs: Named, { heads, scale }: Attributes): Array64[] {
  const sizes = readSizes(inputs, heads);
  const { batch, queries, keys, size } = sizes;
  const out = new Float64Array(inputs.query!.values.length);
  const logsumexp = new Float64Array(batch * heads * queries);
  forEachHead(sizes, (unit, at) => {
    for (let q = 0; q < queries; q++) {
      const scores = computeScores(inputs, sizes, scale, at(q, queries), (k) => at(k, keys));
      const largest = Math.max(...scores);
      const total = scores.reduce((sum, score) => sum + Math.exp(score - largest), 0);
      logsumexp[unit * queries + q] = largest + Math.log(total);
      scores.forEach((score, k) => {
        const p = Math.exp(score - largest) / total;
        for (let i = 0; i < size; i++) out[at(q, queries) + i]! += p * inputs.value!.values[at(k, keys) + i]!;
      });
    }
  });
  return [
    { shape: inputs.query!.shape, values: out },
    { shape: [batch, heads, queries], values: logsumexp },
  ];
}

/** dV = Pᵀ·dY, dS = P·(dY·Vᵀ − Σ P·dY·Vᵀ), dQ = scale·dS·K, dK = scale·dSᵀ·Q. */
function attendGradient(inputs: Named, { heads, scale }: Attributes): Array64[] {
  const sizes = readSizes(inputs, heads);
  const { queries, keys, size } = sizes;
  const [dq, dk, dv] = ['query', 'key', 'value'].map(
    (name) => new Float64Array(inputs[name]!.values.length),
  ) as [Float64Array, Float64Array, Float64Array];
  forEachHead(sizes, (_, at) => {
    for (let q = 0; q < queries; q++) {
      const from = at(q, queries);
      const scores = computeScores(inputs, sizes, scale, from, (k) => at(k, keys));
      const largest = Math.max(...scores);
      const total = scores.reduce((sum, score) => sum + Math.exp(score - largest), 0);
      const p = scores.map((score) => Math.exp(score - largest) / total);
      const g = p.map((_, k) => {
        let sum = 0;
        for (let i = 0; i < size; i++)
          sum += inputs.dy!.values[from + i]! * inputs.value!.values[at(k, keys) + i]!;
        return sum;
      });
      const mean = g.reduce((sum, value, k) => sum + value * p[k]!, 0);
      p.forEach((weight, k) => {
        const to = at(k, keys);
        const ds = scale * weight * (g[k]! - mean);
        for (let i = 0; i < size; i++) {
          dv[to + i]! += weight * inputs.dy!.values[from + i]!;
          dq[from + i]! += ds * inputs.key!.values[to + i]!;
          dk[to + i]! += ds * inputs.query!.values[from + i]!;
        }
      });
    }
  });
  return [
    { shape: inputs.query!.shape, values: dq },
    { shape: inputs.key!.shape, values: dk },
    { shape: inputs.value!.shape, values: dv },
  ];
}

const createCase = ({ batch, queries, keys, heads, size }: Sizes): Case => ({
  name: `${batch} examples, ${queries} queries, ${keys} keys, ${heads} heads of ${size}`,
  inputs: {
    query: normal([batch, queries, heads * size], 1),
    key: normal([batch, keys, heads * size], 2),
    value: normal([batch, keys, heads * size], 3),
  },
  attributes: { heads, scale: 1.7 / Math.sqrt(size) },
});

const opposed = values([80, 80, 80, -80, -80, -80], [1, 2, 3]);

/** Multi-head attention. */
export const attention: KernelRow = {
  kernel: 'Attention',
  describe: {
    inputs: 'query, key, value [batch, tokens, heads·d]; keys and values may have another number of tokens',
    attributes: 'heads, scale',
    outputs:
      'per head softmax(scale·Q·Kᵀ)·V, [batch, tokens, heads·d]; logsumexp of the scaled scores [batch, heads, tokens]',
  },
  reference: attend,
  cases: [
    ...[
      { batch: 1, queries: 1, keys: 1, heads: 1, size: 1 },
      { batch: 2, queries: 5, keys: 5, heads: 2, size: 3 },
      { batch: 3, queries: 8, keys: 8, heads: 1, size: 8 },
      { batch: 2, queries: 70, keys: 70, heads: 3, size: 33 },
      { batch: 2, queries: 3, keys: 150, heads: 2, size: 7 },
      { batch: 2, queries: 17, keys: 1, heads: 2, size: 20 },
      { batch: 1, queries: 40, keys: 33, heads: 2, size: 64 },
    ].map(createCase),
    {
      name: 'scores of ±9600',
      inputs: { query: opposed, key: opposed, value: opposed },
      attributes: { heads: 1, scale: 0.5 },
      extreme: true,
    },
    {
      ...createCase({ batch: 125, queries: 64, keys: 64, heads: 3, size: 64 }),
      speed: true,
      examples: ['query', 'key', 'value'],
    },
  ],
  tolerance: [
    { absolute: 1e-5, relative: 1e-5 },
    { absolute: 1e-5, relative: 1e-6 },
  ],
  gradient: {
    kernel: 'AttentionGrad',
    describe: {
      inputs: 'dy, query, key, value, logsumexp',
      attributes: 'heads, scale',
      outputs: 'gradients of query, key and value',
    },
    saved: ({ query, key, value }, [, logsumexp]) => ({
      query: query!,
      key: key!,
      value: value!,
      logsumexp: logsumexp!,
    }),
    outputs: ['query', 'key', 'value'],
    reference: attendGradient,
    tolerance: { absolute: 5e-5, relative: 1e-5 },
  },
};
