import { expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import { normals, startWebgpu } from '../test/webgpu';
import type { WebgpuBackend } from './backend';
import { measureTiles } from './measure-tiles';
import { setTileCosts, TILES } from './tiles';

const available = await startWebgpu();
// A software adapter compiles shaders slowly, especially while other tests run.
const PATIENCE = 300_000;
const CROWD = { rows: 128, columns: 64, depth: 32 };

describe.runIf(available)('tiles on a device', () => {
  const backend = () => tf.backend() as WebgpuBackend;
  afterEach(async () => {
    setTileCosts(backend().device, []);
  });

  it(
    'are measured with a clock: so long that it can tell, and divided by what was done',
    async () => {
      const calls: number[] = [];
      // A clock on which a product takes a millisecond, whatever it is.
      const time = async (work: () => void): Promise<number> => {
        let dispatches = 0;
        const run = backend().run.bind(backend());
        backend().run = (program) => {
          dispatches++;
          run(program);
        };
        work();
        Reflect.deleteProperty(backend(), 'run');
        calls.push(dispatches);
        return dispatches / 1000;
      };
      const bytes = backend().bufferManager.numBytesUsed;
      const costs = await measureTiles(backend(), time, CROWD);
      // Uniforms stay, a few bytes for each size.
      expect(backend().bufferManager.numBytesUsed - bytes).toBeLessThan(1000);
      expect(costs.map(({ threadsN, tileM, tileN, depth }) => ({ threadsN, tileM, tileN, depth }))).toEqual([
        ...TILES,
      ]);
      expect(calls.slice(0, 4)).toEqual([1, 1, 4, 4]);
      expect(costs[0]!.alone).toBeCloseTo(0.001 / 2048, 9);
      const groups = (128 / 32) * (64 / 32);
      expect(costs[0]!.crowded).toBeCloseTo(0.001 / 32 / groups, 9);
    },
    PATIENCE,
  );

  it(
    'are measured with the clock of the device, which works on',
    async () => {
      const costs = await measureTiles(backend(), undefined, CROWD);
      for (const { alone, crowded } of costs) {
        expect(alone).toBeGreaterThan(0);
        expect(crowded).toBeGreaterThan(0);
      }
      setTileCosts(backend().device, costs);
      const product = tf.matMul(tf.ones([40, 20]), tf.ones([20, 8]));
      expect(Array.from(await product.data())).toEqual(new Array(320).fill(20));
    },
    PATIENCE,
  );

  it(
    'give the same bits, each of them',
    async () => {
      const [m, k, n] = [130, 1100, 68];
      const [a, b] = [tf.tensor2d(normals(m * k, 1), [m, k]), tf.tensor2d(normals(k * n, 2), [k, n])];
      const bTurned = tf.transpose(b);
      const results: Float32Array[] = [];
      for (const tile of TILES) {
        setTileCosts(backend().device, [{ ...tile, alone: 1, crowded: 1 }]);
        // Not every tile takes an operand that lies along its columns; a fixed one is used instead.
        for (const [right, turned] of [
          [b, false],
          [bTurned, true],
        ] as const) {
          await expectNoLeaks(async () => {
            const product = tf.matMul(a, right, false, turned);
            results.push((await product.data<'float32'>()).slice());
            return product;
          });
        }
      }
      expect(results[0]!.some((value) => value !== 0)).toBe(true);
      for (const result of results) expect(result).toEqual(results[0]);
      tf.dispose([a, b, bTurned]);
    },
    PATIENCE,
  );
});
