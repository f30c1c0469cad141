import { afterAll, describe, expect, it } from 'vitest';
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
