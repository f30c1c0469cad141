import { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, it } from 'vitest';
import { CONTROL, Word } from './layout';
import { createRuntime } from './runtime';

const runtime = createRuntime({ threads: 2 });
const { memory, arena, kernels } = runtime;
const pool = runtime.pool!;
afterAll(() => pool.terminate());

async function workersOnline(): Promise<void> {
  while (pool.online === 0) await new Promise((resolve) => setTimeout(resolve, 1));
}

describe('Pool', () => {
  it('runs a job before its workers have started', () => {
    const pointer = arena.allocate(4000);
    pool.run('fill', [pointer, 2], 1000, 10);
    expect(new Float32Array(memory.buffer, pointer, 1000)).toEqual(new Float32Array(1000).fill(2));
    arena.release(pointer, 4000);
  });

  it('does every item of every job once, over many small jobs', async () => {
    await workersOnline();
    const pointer = arena.allocate(4 * 1003);
    const values = new Float32Array(memory.buffer, pointer, 1003);
    for (let job = 1; job <= 5000; job++) {
      const items = 1 + (job % 1003);
      values.fill(0);
      pool.run('fill', [pointer, job], items, 1 + (job % 50));
      if (values[items - 1] !== job || values[0] !== job) throw new Error(`job ${job} left an item out`);
      if (items < 1003 && values[items] !== 0) throw new Error(`job ${job} went too far`);
      expect(values.indexOf(0)).toBe(items < 1003 ? items : -1);
    }
    arena.release(pointer, 4 * 1003);
  });

  it('throws when a kernel traps, and continues to work', async () => {
    await workersOnline();
    // All 100,000 numbers lie beyond the memory and below 4 GiB: later ones would wrap around to the pool's own control words.
    const outside = 2 ** 32 - 2 ** 20;
    expect(() => pool.run('fill', [outside, 1], 100000, 100)).toThrow();
    const pointer = arena.allocate(400);
    pool.run('fill', [pointer, 3], 100, 1);
    expect(new Float32Array(memory.buffer, pointer, 100)).toEqual(new Float32Array(100).fill(3));
    expect(kernels.fill).toBeTypeOf('function');
  });
});

describe('a worker that is terminated', () => {
  // Claims one task like a worker, and ends its thread in the middle of it.
  const mortal = `
    const { workerData } = require('node:worker_threads');
    const control = new Int32Array(workerData.memory.buffer, ${CONTROL}, 64);
    Atomics.add(control, ${Word.online}, 1);
    for (;;) {
      const next = Atomics.load(control, ${Word.next});
      const open = (next & 0xffff) < Atomics.load(control, ${Word.tasks});
      if (open && Atomics.compareExchange(control, ${Word.next}, next, next + 1) === next) break;
    }
    process.exit();`;

  it('during a task causes an error, not a hang, and the pool continues alone', async () => {
    const runtime = createRuntime({ threads: 2, timeoutMilliseconds: 200 });
    runtime.pool!.terminate(); // before or after its start, so that only the mortal worker takes part
    const dead = new Worker(mortal, { eval: true, workerData: { memory: runtime.memory } });
    const control = new Int32Array(runtime.memory.buffer, CONTROL, 64);
    await new Promise((resolve) => dead.once('online', resolve));
    while (Atomics.load(control, Word.online) === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    const pointer = runtime.arena.allocate(4000);
    const start = performance.now();
    const job = (): void => {
      // Runs jobs until the mortal worker has claimed a task.
      while (performance.now() - start < 20_000) runtime.pool!.run('multiplyAddPeak', [], 1e6, 1e5);
    };
    expect(job).toThrow(
      /has not finished its part of kernel multiplyAddPeak within 0.2 s.*continues with one thread/,
    );
    expect(runtime.pool!.online).toBe(0);
    runtime.pool!.run('fill', [pointer, 4], 1000, 10);
    expect(new Float32Array(runtime.memory.buffer, pointer, 1000)).toEqual(new Float32Array(1000).fill(4));
  });

  it('between two jobs causes no error', async () => {
    const runtime = createRuntime({ threads: 3, timeoutMilliseconds: 200 });
    while (runtime.pool!.online < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    runtime.pool!.terminate();
    const pointer = runtime.arena.allocate(4000);
    for (let job = 1; job <= 100; job++) {
      runtime.pool!.run('fill', [pointer, job], 1000, 10);
      expect(new Float32Array(runtime.memory.buffer, pointer, 1000)).toEqual(
        new Float32Array(1000).fill(job),
      );
      if (job % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
  });
});
