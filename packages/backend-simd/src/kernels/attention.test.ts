import { relativeRms } from '@tenfold/testing';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { randomTensor, testedBackends } from '../../test/backends';
import type { SimdBackend } from '../backend';
import { attentionKernels } from './attention';

const [attention, attentionGrad] = attentionKernels as [
  (typeof attentionKernels)[0],
  (typeof attentionKernels)[0],
];

interface Case {
  batch: number;
  queries: number;
  keys: number;
  heads: number;
  size: number;
}

const cases: Case[] = [
  { batch: 1, queries: 1, keys: 1, heads: 1, size: 1 },
  { batch: 2, queries: 5, keys: 5, heads: 2, size: 3 },
  { batch: 3, queries: 8, keys: 8, heads: 1, size: 8 },
  { batch: 9, queries: 64, keys: 64, heads: 4, size: 32 },
  { batch: 2, queries: 70, keys: 70, heads: 3, size: 33 },
  { batch: 2, queries: 3, keys: 150, heads: 2, size: 7 },
  { batch: 2, queries: 17, keys: 1, heads: 2, size: 20 },
];

const variants = await testedBackends();

describe.each(variants)('attention, $name', ({ backend }) => {
  it.each(cases)('agrees with double precision: %o', (sizes) => {
    const { batch, queries, keys, heads, size } = sizes;
    const query = randomTensor(backend, [batch, queries, heads * size], 1);
    const key = randomTensor(backend, [batch, keys, heads * size], 2);
    const value = randomTensor(backend, [batch, keys, heads * size], 3);
    const dy = randomTensor(backend, [batch, queries, heads * size], 4);
    const attrs = { heads, scale: 1.7 / Math.sqrt(size) };
    const [q, k, v, d] = [query, key, value, dy].map((t) => values(backend, t)) as Float32Array[];
    const expected = reference(sizes, attrs.scale, q!, k!, v!, d!);

    const [out, logsumexp] = run(attention, backend, { query, key, value }, attrs);
    expect(relativeRms(values(backend, out!), expected.out)).toBeLessThan(1e-6);
    expect(logsumexp!.shape).toEqual([batch, heads, queries]);
    expect(relativeRms(values(backend, logsumexp!), expected.logsumexp)).toBeLessThan(1e-6);

    const inputs = { dy, query, key, value, logsumexp: logsumexp! };
    const gradients = run(attentionGrad, backend, inputs, attrs).map((t) => values(backend, t));
    for (const [i, gradient] of [expected.dq, expected.dk, expected.dv].entries()) {
      // A single key has the weight 1 for any query, so the gradients are exactly 0.
      if (keys > 1 || i === 2) expect(relativeRms(gradients[i]!, gradient)).toBeLessThan(2e-6);
      else expect(Math.max(...gradients[i]!.map(Math.abs))).toBe(0);
    }
  });

  it('selects one key if its score is far above the others', () => {
    const row = (...values: number[]) =>
      backend.makeTensorInfo([1, values.length, 1], 'float32', new Float32Array(values));
    const inputs = { query: row(80, -80), key: row(5, -5, 0), value: row(1, 2, 3) };
    const [out, logsumexp] = run(attention, backend, inputs, { heads: 1, scale: 1 });
    expect([...values(backend, out!)]).toEqual([1, 2]);
    expect([...values(backend, logsumexp!)]).toEqual([400, 400]);
  });

  it('passes NaN to the rows that depend on it', () => {
    const query = randomTensor(backend, [1, 9, 4]);
    const key = randomTensor(backend, [1, 9, 4]);
    const copy = backend.makeTensorInfo(
      query.shape,
      'float32',
      values(backend, query).map((x, i) => (i === 20 ? Number.NaN : x)),
    );
    const [out] = run(attention, backend, { query: copy, key, value: key }, { heads: 2, scale: 1 });
    const nan = [...values(backend, out!)].map((x, i) => (Number.isNaN(x) ? i : -1)).filter((i) => i >= 0);
    expect(nan).toEqual([20, 21]);
  });

  it('rejects inputs that do not fit', () => {
    const x = randomTensor(backend, [2, 3, 4]);
    const other = randomTensor(backend, [2, 3, 5]);
    expect(() =>
      run(attention, backend, { query: x, key: other, value: other }, { heads: 2, scale: 1 }),
    ).toThrow(/Attention: query has shape \[2,3,4\], key \[2,3,5\] and heads is 2/);
    expect(() => run(attention, backend, { query: x, key: x, value: x }, { heads: 3, scale: 1 })).toThrow(
      /heads a divisor/,
    );
    expect(() => run(attention, backend, { query: x, key: x, value: other }, { heads: 2, scale: 1 })).toThrow(
      /Attention: value has shape \[2,3,5\]; expected \[2,3,4\]/,
    );
  });
});

function run(
  kernel: (typeof attentionKernels)[0],
  backend: SimdBackend,
  inputs: Record<string, TensorInfo>,
  attrs: { heads: number; scale: number },
): TensorInfo[] {
  return kernel.kernelFunc({ inputs, backend, attrs }) as TensorInfo[];
}

const values = (backend: SimdBackend, { dataId }: TensorInfo) => backend.readSync(dataId) as Float32Array;

/** The equations in double precision. */
function reference(
  { batch, queries, keys, heads, size }: Case,
  scale: number,
  q: Float32Array,
  k: Float32Array,
  v: Float32Array,
  dy: Float32Array,
) {
  const pitch = heads * size;
  const [out, dq] = [new Float64Array(q.length), new Float64Array(q.length)];
  const [dk, dv] = [new Float64Array(k.length), new Float64Array(k.length)];
  const logsumexp = new Float64Array(batch * heads * queries);
  for (let b = 0; b < batch; b++) {
    for (let h = 0; h < heads; h++) {
      const at = (tokens: number, t: number, i: number) => (b * tokens + t) * pitch + h * size + i;
      for (let i = 0; i < queries; i++) {
        const dot = (x: Float32Array, y: Float32Array, j: number) =>
          Array.from({ length: size }, (_, f) => x[at(queries, i, f)]! * y[at(keys, j, f)]!).reduce(
            (a, c) => a + c,
          );
        const scores = Array.from({ length: keys }, (_, j) => scale * dot(q, k, j));
        const largest = Math.max(...scores);
        const total = scores.reduce((sum, s) => sum + Math.exp(s - largest), 0);
        logsumexp[(b * heads + h) * queries + i] = largest + Math.log(total);
        const p = scores.map((s) => Math.exp(s - largest) / total);
        const dp = p.map((_, j) => dot(dy, v, j));
        const mean = p.reduce((sum, x, j) => sum + x * dp[j]!, 0);
        for (let j = 0; j < keys; j++) {
          const ds = scale * p[j]! * (dp[j]! - mean);
          for (let f = 0; f < size; f++) {
            out[at(queries, i, f)]! += p[j]! * v[at(keys, j, f)]!;
            dq[at(queries, i, f)]! += ds * k[at(keys, j, f)]!;
            dk[at(keys, j, f)]! += ds * q[at(queries, i, f)]!;
            dv[at(keys, j, f)]! += p[j]! * dy[at(queries, i, f)]!;
          }
        }
      }
    }
  }
  return { out, logsumexp, dq, dk, dv };
}
