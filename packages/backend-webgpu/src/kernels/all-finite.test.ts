import { expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { leastDevice, normals, runKernel, startWebgpu } from '../../test/webgpu';

const available = await startWebgpu();

/** Whether the kernel says that these tensors are finite; disposes them. */
async function allFinite(values: (number | number[] | Float32Array)[]): Promise<boolean> {
  let finite = false;
  await expectNoLeaks(async () => {
    const tensors = values.map((value) => tf.tensor(value, undefined, 'float32'));
    const [out] = runKernel(
      'AllFinite',
      Object.fromEntries(tensors.entries()) as unknown as tf.NamedTensorMap,
    );
    expect(out).toMatchObject({ dtype: 'bool', shape: [] });
    finite = (await out!.data())[0] === 1;
    return [...tensors, out!];
  });
  return finite;
}

const describeOn = (device: string, start: () => Promise<void>) =>
  describe(device, () => {
    it('finds one number among many tensors', async () => {
      await start();
      // More than a device binds, a scalar, none, and one with more elements than all workgroups take at once.
      const many = () => [
        3,
        [],
        ...Array.from({ length: 20 }, (_, i) => normals(i + 1, i)),
        normals(300_001),
      ];
      expect(await allFinite(many())).toBe(true);
      for (const bad of [Number.NaN, Infinity, -Infinity]) {
        for (const [tensor, place] of [
          [2, 0],
          [15, 13],
          [22, 0],
          [22, 299_999],
          [22, 300_000],
        ] as const) {
          const values = many();
          (values[tensor] as Float32Array)[place] = bad;
          expect(await allFinite(values), `${bad} in tensor ${tensor}`).toBe(false);
        }
      }
    });
  });

describe.runIf(available)('AllFinite', () => {
  describeOn('on what the adapter has', async () => {});
  describeOn('on a device with the least limits', leastDevice);

  it('takes large numbers, subnormal ones and nothing for finite', async () => {
    expect(await allFinite([[3.4e38, -3.4e38, 3.4e38, 1e-40, -0], 3.4e38])).toBe(true);
    expect(await allFinite([])).toBe(true);
    expect(await allFinite([[]])).toBe(true);
    expect(await allFinite([Number.NaN])).toBe(false);
  });

  it('refuses integers', () => {
    const x = tf.tensor1d([1, 2], 'int32');
    expect(() => runKernel('AllFinite', { x })).toThrow('AllFinite: x is int32; expected float32');
  });
});
