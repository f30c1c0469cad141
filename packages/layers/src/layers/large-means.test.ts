import { createRng } from '@tenfold/random';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { createModel } from '../model/model';
import { batchNorm } from './batch-norm';
import { groupNorm } from './group-norm';
import { layerNorm } from './layer-norm';

const [rows, channels] = [500, 20];
/** Where a group's numbers lie: which rows and channels are normalized together. */
const statisticsGroup = {
  batchNorm: (_: number, channel: number) => channel,
  layerNorm: (row: number) => row,
  groupNorm: (row: number, channel: number) => row * 2 + (channel < channels / 2 ? 0 : 1),
};
const layers = {
  batchNorm: batchNorm({ channels }),
  layerNorm: layerNorm({ features: channels }),
  groupNorm: groupNorm({ channels, groups: 2 }),
};

// With a spread of 1, E[x²] − E[x]² has no correct digit in float32.
describe.each([1e3, 1e4, 1e5])('numbers around %d', (mean) => {
  const noise = createRng(1).fillUniform(new Float32Array(rows * channels));
  const values = noise.map((v) => mean + 2 * v - 1);
  const x = tf.tensor(values, [rows, channels]);

  it.each(Object.keys(layers) as (keyof typeof layers)[])('%s', async (name) => {
    const model = createModel(layers[name]);
    const apply = (x: tf.Tensor) => model.apply(x, { training: true });
    const y = await apply(x).data();
    const expected = normalized(values, (i) => statisticsGroup[name](Math.floor(i / channels), i % channels));
    const off = Math.max(...expected.map((v, i) => Math.abs(v - y[i]!)));
    // float32 represents x and the mean of a group to within 6e-8·mean.
    expect(off).toBeLessThan(20 * 6e-8 * mean + 1e-5);

    const gradient = tf.grad((x: tf.Tensor) => tf.sum(tf.square(tf.slice(apply(x), 0, [rows, 7]))))(x);
    expect(Math.max(...(await gradient.data()).map(Math.abs))).toBeLessThan(100);
  });

  it.each(Object.keys(layers) as (keyof typeof layers)[])('%s of equal numbers is 0', async (name) => {
    const equal = tf.fill([rows, channels], 1.1 * mean);
    const y = await createModel(layers[name]).apply(equal, { training: true }).data();
    expect(Math.max(...y.map(Math.abs))).toBeLessThan(0.01);
  });
});

/** (v − μ)/√(σ² + 1e-5) with μ and σ² of the group of v, in double precision. */
function normalized(values: Float32Array, groupAt: (i: number) => number): number[] {
  const groups = new Map<number, number[]>();
  values.forEach((v, i) => {
    groups.set(groupAt(i), [...(groups.get(groupAt(i)) ?? []), v]);
  });
  const moments = new Map(
    [...groups].map(([group, members]) => {
      const mu = members.reduce((sum, v) => sum + v, 0) / members.length;
      const variance = members.reduce((sum, v) => sum + (v - mu) ** 2, 0) / members.length;
      return [group, { mu, deviation: Math.sqrt(variance + 1e-5) }] as const;
    }),
  );
  return Array.from(values, (v, i) => {
    const { mu, deviation } = moments.get(groupAt(i))!;
    return (v - mu) / deviation;
  });
}
