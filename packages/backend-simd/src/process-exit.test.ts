import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';

const folder = fileURLToPath(new URL('../node_modules/.cache/', import.meta.url));
const program = `${folder}process-exit-test.mjs`;

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  const contents = `
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
    console.log(sum[0], Date.now());`;
  await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL('.', import.meta.url)), loader: 'ts' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    external: ['@tensorflow/*'],
    alias: { '@tenfold/checks': fileURLToPath(new URL('../../checks/src/index.ts', import.meta.url)) },
    outfile: program,
  });
});

/** Runs the program in a separate process. */
function run(ending: string): Promise<{ code: number | null; output: string; ended: number }> {
  const child = spawn(process.execPath, [program, ending], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, output, ended: Date.now() }));
  });
}

describe('a process with sleeping worker threads', () => {
  it('ends by itself within a second of its last statement', { retry: 2 }, async () => {
    const { code, output, ended } = await run('');
    const [sum, last] = output.trim().split('\n').at(-1)!.split(' ').map(Number);
    expect({ code, sum }).toEqual({ code: 0, sum: 300 ** 3 });
    expect(ended - last!).toBeLessThan(1000);
  });

  it('ends when the program throws', async () => {
    const { code, output } = await run('throw');
    expect(code).toBe(1);
    expect(output).toMatch(/the program broke/);
  });

  it('ends with the code of process.exit', async () => {
    expect((await run('exit')).code).toBe(7);
  });
});
