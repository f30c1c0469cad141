import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import './index';
import { SimdBackend } from './backend';
import { OutOfMemoryError } from './out-of-memory-error';
import { createRuntime } from './runtime';

const MAXIMUM_PAGES = 1024; // 64 MiB
const factory = tf.findBackendFactory('simd');

/** Replaces 'simd' by a backend with little memory. */
async function start(threads: number): Promise<SimdBackend> {
  const runtime = createRuntime({ threads, maximumPages: MAXIMUM_PAGES });
  tf.removeBackend('simd');
  tf.registerBackend('simd', () => new SimdBackend(runtime), 2);
  await tf.setBackend('simd');
  return tf.backend() as SimdBackend;
}

afterEach(() => {
  (tf.backend() as SimdBackend).runtime.pool?.terminate();
  tf.removeBackend('simd');
  tf.registerBackend('simd', factory, 2);
});

/** Runs `op` on tensors of these shapes with increasing ballast, so that each of its allocations fails once. */
function exhaust(
  backend: SimdBackend,
  shapes: number[][],
  op: (...inputs: tf.Tensor[]) => tf.Tensor,
): number {
  let failures = 0;
  const step = 2 ** 20;
  const roomy = (): number => MAXIMUM_PAGES * 65536 - backend.runtime.arena.live;
  for (let left = 64; left <= 24 * 2 ** 20; left += step) {
    tf.engine().startScope();
    const inputs = shapes.map((shape) => tf.fill(shape, 0.5));
    const ballast: tf.Tensor[] = [];
    // Sizes are rounded, and the head of the memory takes space, so it fills up in ever smaller pieces.
    for (let bytes = 2 ** 24; bytes >= 2 ** 18; bytes /= 2) {
      while (roomy() - bytes > left) {
        try {
          ballast.push(tf.fill([bytes / 4], 0));
        } catch {
          break;
        }
      }
    }
    const before = {
      ...backend.memory(),
      tensors: tf.memory().numTensors,
      dataIds: tf.memory().numDataBuffers,
    };
    try {
      op(...inputs).dispose();
    } catch (error) {
      failures++;
      expect(error).toBeInstanceOf(OutOfMemoryError);
      expect((error as Error).message).toMatch(
        /out of memory for a tensor of \d+\.\d [KM]iB: \d+\.\d MiB are in use .* of at most 64\.0 MiB\. Use a smaller batch/,
      );
    }
    expect(backend.memory().arenaBytes).toBe(before.arenaBytes);
    expect(tf.memory().numTensors).toBe(before.tensors);
    expect(tf.memory().numDataBuffers).toBe(before.dataIds);
    tf.engine().endScope();
  }
  return failures;
}

describe.each([1, 2])('exhausted memory, %i threads', (threads) => {
  it.each([
    [
      'matMul',
      [
        [600, 700],
        [700, 800],
      ],
      (a, b) => tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D),
    ],
    [
      'direct convolution',
      [
        [8, 24, 24, 30],
        [5, 5, 30, 40],
      ],
      (x, filter) => conv(x, filter),
    ],
    [
      'Winograd convolution',
      [
        [8, 24, 24, 32],
        [3, 3, 32, 64],
      ],
      (x, filter) => conv(x, filter),
    ],
    [
      'gradient for the filter',
      [
        [8, 24, 24, 32],
        [8, 24, 24, 64],
      ],
      (x, dy) =>
        run(
          'Conv2DBackpropFilter',
          { x, dy },
          { strides: 1, pad: 'same', dataFormat: 'NHWC', filterShape: [3, 3, 32, 64] },
        ),
    ],
    [
      'batch norm',
      [[8, 48, 48, 32], [32], [32]],
      (x, gamma, beta) =>
        (run('BatchNormTrain', { x, gamma, beta }, { epsilon: 1e-5 }) as unknown as tf.Tensor[]).reduce(
          (kept, other) => {
            other.dispose();
            return kept;
          },
        ),
    ],
    ['softmax', [[4000, 200]], (x) => tf.softmax(x)],
    ['transpose', [[1000, 900]], (x) => tf.transpose(x)],
  ] as [string, number[][], (...inputs: tf.Tensor[]) => tf.Tensor][])(
    '%s releases its memory, and the backend continues to work',
    async (_name, shapes, op) => {
      const backend = await start(threads);
      expect(exhaust(backend, shapes, op)).toBeGreaterThan(0);
      expect(backend.memory().arenaBytes).toBe(0);
      const sum = tf.tidy(() => tf.sum(tf.matMul(tf.ones([64, 64]), tf.ones([64, 64]))));
      expect(sum.dataSync()[0]).toBe(64 ** 3);
      sum.dispose();
    },
  );

  it('releases the memory of a kernel after another kind of error', async () => {
    const backend = await start(threads);
    const x = tf.ones([64, 64]) as tf.Tensor2D;
    const before = [backend.memory().arenaBytes, tf.memory().numDataBuffers];
    const failing = (): void => {
      backend.guard(() => {
        backend.temporary(1000);
        backend.output([100]);
        backend.incRef(x.dataId);
        throw new Error('kernel broke');
      });
    };
    expect(failing).toThrow('kernel broke');
    expect([backend.memory().arenaBytes, tf.memory().numDataBuffers]).toEqual(before);
    expect(backend.refCount(x.dataId)).toBe(1);
    x.dispose();
  });
});

const conv = (x: tf.Tensor, filter: tf.Tensor): tf.Tensor =>
  tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same');

const run = (name: string, inputs: tf.NamedTensorMap, attrs: object): tf.Tensor =>
  tf.engine().runKernel(name, inputs, attrs as tf.NamedAttrMap) as tf.Tensor;
