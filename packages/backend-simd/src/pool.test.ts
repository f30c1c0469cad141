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

  it('does every unit of every job once, over many small jobs', async () => {
    await workersOnline();
    const pointer = arena.allocate(4 * 1003);
    const values = new Float32Array(memory.buffer, pointer, 1003);
    for (let job = 1; job <= 5000; job++) {
      const units = 1 + (job % 1003);
      values.fill(0);
      pool.run('fill', [pointer, job], units, 1 + (job % 50));
      if (values[units - 1] !== job || values[0] !== job) throw new Error(`job ${job} left a unit out`);
      if (units < 1003 && values[units] !== 0) throw new Error(`job ${job} went too far`);
      expect(values.indexOf(0)).toBe(units < 1003 ? units : -1);
    }
    arena.release(pointer, 4 * 1003);
  });

  it('throws when a kernel traps and works on', async () => {
    await workersOnline();
    const outside = 2 ** 32 - 65536;
    expect(() => pool.run('fill', [outside, 1], 100000, 100)).toThrow();
    const pointer = arena.allocate(400);
    pool.run('fill', [pointer, 3], 100, 1);
    expect(new Float32Array(memory.buffer, pointer, 100)).toEqual(new Float32Array(100).fill(3));
    expect(kernels.fill).toBeTypeOf('function');
  });
});

describe('a worker that is terminated', () => {
  // Claims one task as a worker does and ends its thread in the middle of it.
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

  it('in the middle of a task is an error, not a hang; the pool works on alone', async () => {
    const own = createRuntime({ threads: 2, patienceMilliseconds: 200 });
    own.pool!.terminate(); // whether before or after its start: the mortal worker is the one that takes part
    const dead = new Worker(mortal, { eval: true, workerData: { memory: own.memory } });
    const control = new Int32Array(own.memory.buffer, CONTROL, 64);
    await new Promise((resolve) => dead.once('online', resolve));
    while (Atomics.load(control, Word.online) === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    const pointer = own.arena.allocate(4000);
    const start = performance.now();
    const job = (): void => {
      // One job after another until the mortal worker has claimed a task.
      while (performance.now() - start < 20_000) own.pool!.run('multiplyAddPeak', [], 1e6, 1e5);
    };
    expect(job).toThrow(
      /has not ended its part of kernel multiplyAddPeak for 0.2 s.*works on with one thread/,
    );
    expect(own.pool!.online).toBe(0);
    own.pool!.run('fill', [pointer, 4], 1000, 10);
    expect(new Float32Array(own.memory.buffer, pointer, 1000)).toEqual(new Float32Array(1000).fill(4));
  });

  it('between two jobs delays nothing', async () => {
    const own = createRuntime({ threads: 3, patienceMilliseconds: 200 });
    while (own.pool!.online < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    own.pool!.terminate();
    const pointer = own.arena.allocate(4000);
    for (let job = 1; job <= 100; job++) {
      own.pool!.run('fill', [pointer, job], 1000, 10);
      expect(new Float32Array(own.memory.buffer, pointer, 1000)).toEqual(new Float32Array(1000).fill(job));
      if (job % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
  });
});
