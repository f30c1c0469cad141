import { relativeError } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AttentionSizes, referenceAttention } from '../../test/reference/attention';
import { normals, runKernel, startWebgpu } from '../../test/webgpu';

const available = await startWebgpu();
type Three = [tf.Tensor, tf.Tensor, tf.Tensor];

// Every size of a head compiles three shaders, which takes a software adapter seconds.
const cases: AttentionSizes[] = [
  { batch: 1, queries: 1, keys: 1, heads: 1, size: 1 },
  { batch: 2, queries: 5, keys: 20, heads: 3, size: 3 },
  { batch: 1, queries: 65, keys: 70, heads: 2, size: 16 },
  { batch: 1, queries: 40, keys: 33, heads: 2, size: 64 },
];

describe.runIf(available)('attention', () => {
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  for (const sizes of cases) {
    const { batch, queries, keys, heads, size } = sizes;
    it(`${queries} queries, ${keys} keys, ${heads} heads of ${size}`, async () => {
      const features = heads * size;
      const scale = 1 / Math.sqrt(size);
      const [q, dy] = [1, 2].map((seed) => normals(batch * queries * features, seed)) as [
        Float32Array,
        Float32Array,
      ];
      const [k, v] = [3, 4].map((seed) => normals(batch * keys * features, seed)) as [
        Float32Array,
        Float32Array,
      ];
      const want = referenceAttention(q, k, v, dy, sizes, scale);
      const query = tf.tensor3d(q, [batch, queries, features]);
      const [key, value] = [k, v].map((values) => tf.tensor3d(values, [batch, keys, features])) as [
        tf.Tensor,
        tf.Tensor,
      ];
      const [mixed, logsumexp] = runKernel('Attention', { query, key, value }, { heads, scale });
      expect(logsumexp!.shape).toEqual([batch, heads, queries]);
      expect(await relativeError(mixed!, want.out)).toBeLessThan(2e-6);
      expect(await relativeError(logsumexp!, want.logsumexp)).toBeLessThan(1e-6);
      const given = {
        dy: tf.tensor3d(dy, query.shape as [number, number, number]),
        query,
        key,
        value,
        logsumexp: logsumexp!,
      };
      const [dq, dk, dv] = runKernel('AttentionGrad', given, { heads, scale }) as Three;
      expect([dq.shape, dk.shape, dv.shape]).toEqual([query.shape, key.shape, value.shape]);
      // With one key the exact gradient is 0.
      if (keys > 1) {
        expect(await relativeError(dq, want.dq)).toBeLessThan(5e-6);
        expect(await relativeError(dk, want.dk)).toBeLessThan(5e-6);
      }
      expect(await relativeError(dv, want.dv)).toBeLessThan(5e-6);
    });
  }

  it('is stable where scores are ±6400', async () => {
    const query = tf.tensor3d([80, 80, -80, -80], [1, 2, 2]);
    const [mixed] = runKernel('Attention', { query, key: query, value: query }, { heads: 1, scale: 0.5 });
    expect(Array.from(await mixed!.data())).toEqual([80, 80, -80, -80]);
  });

  it('refuses heads that do not divide the features', () => {
    const query = tf.zeros([1, 2, 6]);
    expect(() => runKernel('Attention', { query, key: query, value: query }, { heads: 4, scale: 1 })).toThrow(
      /Attention: query has shape \[1,2,6\].*heads is 4/,
    );
  });
});
