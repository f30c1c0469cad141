import { beforeAll, describe, expect, it } from 'vitest';
import { bundle, run } from '../test/program';

let program: string;

beforeAll(async () => {
  program = await bundle(
    'process-exit-test',
    `
    import * as tf from '@tensorflow/tfjs-core';
    import { configureSimd } from './index';
    configureSimd({ threads: 4 });
    await tf.setBackend('simd');
    const { pool } = tf.backend().runtime;
    while (pool.online < 3) await new Promise((resolve) => setTimeout(resolve, 1));
    const a = tf.ones([300, 300]);
    const sum = await tf.sum(tf.matMul(a, a)).data();
    if (process.argv[2] === 'throw') throw new Error('the program broke');
    if (process.argv[2] === 'exit') process.exit(7);
    console.log(sum[0], Date.now());`,
  );
});

describe('a process with sleeping worker threads', () => {
  it('exits within a second of its last statement', { retry: 2 }, async () => {
    const { code, output, at } = await run(process.execPath, [program]);
    const [sum, last] = output.trim().split('\n').at(-1)!.split(' ').map(Number);
    expect({ code, sum }).toEqual({ code: 0, sum: 300 ** 3 });
    expect(at - last!).toBeLessThan(1000);
  });

  it('exits when the program throws', async () => {
    const { code, output } = await run(process.execPath, [program, 'throw']);
    expect(code).toBe(1);
    expect(output).toMatch(/the program broke/);
  });

  it('exits with the code of process.exit', async () => {
    expect((await run(process.execPath, [program, 'exit'])).code).toBe(7);
  });
});
