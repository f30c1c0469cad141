import type { SimdBackend } from '@tenfold/backend-simd';
import * as tf from '@tensorflow/tfjs-core';
import type { Results } from '../results/results';

const SECONDS = 0.25;
/** Most rows of a matrix: 64 MiB, half of what WebGPU guarantees for a buffer. */
const LARGEST = 4096;
/** Rounds of the loop on registers per task, assembly/peak.ts in backend-simd: 64 operations per round. */
const ROUNDS = 1 << 20;
const FLOPS_A_ROUND = 64;

/**
 * The highest float32 rate that the current backend reaches here: the best of several large square matrix products, and on
 * `simd` also of an FMA loop on registers. It takes about half a second on a processor.
 */
export async function measurePeak(): Promise<NonNullable<Results['peak']>> {
  const products = await peakOfProducts();
  const method = `${products.size}×${products.size} matmul`;
  if (tf.getBackend() !== 'simd') return { gflopsPerSecond: products.rate, method: `best of ${method}` };
  const backend = tf.backend() as SimdBackend;
  const { threads } = backend.runtime;
  return {
    gflopsPerSecond: Math.max(products.rate, peakOfRegisters(backend)),
    method: `best of an FMA loop and ${method}, on ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
  };
}

function peakOfRegisters(backend: SimdBackend): number {
  const tasks = 4 * backend.runtime.threads;
  const once = () => backend.parallel('multiplyAddPeak', [], tasks * ROUNDS, ROUNDS);
  once(); // compiles
  let best = 0;
  for (const end = performance.now() + 1000 * SECONDS; performance.now() < end; ) {
    const start = performance.now();
    once();
    best = Math.max(best, (tasks * ROUNDS * FLOPS_A_ROUND) / (performance.now() - start) / 1e6);
  }
  return best;
}

// Larger and larger matrices, until a product takes much longer than its start and the clock's resolution.
async function peakOfProducts(): Promise<{ rate: number; size: number }> {
  let size = 128;
  for (;;) {
    const [a, b] = [tf.fill<tf.Rank.R2>([size, size], 1 / size), tf.fill<tf.Rank.R2>([size, size], 1 / size)];
    try {
      const once = async () => {
        const start = performance.now();
        const c = tf.matMul(a, b);
        // Reads one number of the result to wait for the product; reading all of it would take longer than the product.
        const corner = tf.slice(c, [0, 0], [1, 1]);
        await corner.data();
        tf.dispose([c, corner]);
        return performance.now() - start;
      };
      await once(); // compiles
      let best = await once();
      if (best < 20 && size < LARGEST) {
        size *= 2;
        continue;
      }
      const end = performance.now() + 1000 * SECONDS;
      while (performance.now() < end) best = Math.min(best, await once());
      return { rate: (2 * size ** 3) / best / 1e6, size };
    } finally {
      tf.dispose([a, b]);
    }
  }
}
