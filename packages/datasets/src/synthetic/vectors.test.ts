import '@tensorflow/tfjs-backend-cpu';
import { expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { blobs } from './blobs';
import { vectors } from './vectors';

beforeAll(() => tf.setBackend('cpu'));
const set = blobs({ count: 10, classes: 5, features: 3 });

describe('vectors', () => {
  it('keeps every point with its label, shuffled by seed and epoch', () =>
    expectNoLeaks(async () => {
      const source = vectors(set, { batchSize: 4, shuffle: true, seed: 1 });
      expect(source).toMatchObject({ batchSize: 4, stepsPerEpoch: 3, size: 10 });
      const orders: string[] = [];
      for (const epoch of [0, 1, 0]) {
        const seen: string[] = [];
        for (const { xs, ys } of source.batches(epoch)) {
          const [values, labels] = [await xs.data(), await ys.data()];
          expect([xs.dtype, ys.dtype, ys.shape]).toEqual(['float32', 'int32', [xs.shape[0]]]);
          for (let n = 0; n < ys.size; n++)
            seen.push(`${values.slice(3 * n, 3 * n + 3).join()} ${labels[n]}`);
          tf.dispose([xs, ys]);
        }
        const all = Array.from(
          set.labels,
          (label, i) => `${set.points.slice(3 * i, 3 * i + 3).join()} ${label}`,
        );
        expect([...seen].sort()).toEqual(all.sort());
        orders.push(seen.join('; '));
      }
      expect(orders[0]).not.toBe(orders[1]);
      expect(orders[0]).toBe(orders[2]);
    }));

  it('rejects arrays that do not match, and invalid batch sizes', () => {
    expect(() => vectors({ ...set, count: 9 }, { batchSize: 1 })).toThrow(
      /^vectors: the set has the shape \[9,3\] but 30 numbers and 10 labels/,
    );
    expect(() => vectors(set, { batchSize: 0 })).toThrow(/^vectors: batchSize is 0/);
  });
});
