import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundle, type Ended, run } from '../test/program';

const node = process.execPath;
const major = Number.parseInt(process.versions.node, 10);
let program: string;

beforeAll(async () => {
  program = await bundle(
    'surroundings-test',
    `
    import * as tf from '@tensorflow/tfjs-core';
    import { configureSimd } from './index';
    configureSimd({ threads: Number(process.env.THREADS ?? 3) });
    await tf.setBackend('simd');
    const { pool, threads } = tf.backend().runtime;
    while (pool && pool.online < threads - 1 && !pool.failure) await new Promise((done) => setTimeout(done, 1));
    // A value depends on all products and on the order of its sums.
    let x = tf.reshape(tf.sin(tf.range(0, 200 * 200)), [200, 200]);
    for (let i = 0; i < 20; i++) x = tf.tidy(() => tf.div(tf.matMul(x, x), 20));
    console.log('result', (await tf.sum(x).data())[0], 'workers', pool?.online ?? 0);`,
  );
});

const readResult = ({ code, output }: Ended): string => {
  const line = output.split('\n').find((text) => text.startsWith('result'));
  return line ?? `exit ${code}: ${output}`;
};
const permission = major >= 23 ? '--permission' : '--experimental-permission';

describe('a program in Node', () => {
  let usual: string;
  beforeAll(async () => {
    usual = readResult(await run(node, [program]));
    expect(usual).toMatch(/^result -?\d.* workers 2$/);
  });

  it.each<[string, string[]]>([
    ['without code from strings', ['--disallow-code-generation-from-strings']],
    ['with frozen intrinsics', ['--frozen-intrinsics']],
    ['without __proto__', ['--disable-proto=throw']],
    ['with a small heap', ['--max-old-space-size=64']],
    ['by the permission model, with workers', [permission, '--allow-fs-read=*', '--allow-worker']],
  ])('computes the same %s', async (_, flags) => {
    expect(readResult(await run(node, [...flags, program]))).toBe(usual);
  });

  it('computes the same on one thread where the permission model forbids workers', async () => {
    const ended = await run(node, [permission, '--allow-fs-read=*', program]);
    expect(readResult(ended)).toBe(usual.replace('workers 2', 'workers 0'));
    expect(ended.code).toBe(0);
  });

  it('computes the same when it is read from stdin', async () => {
    const input = readFileSync(program, 'utf8');
    expect(readResult(await run(node, ['--input-type=module', '-'], { input }))).toBe(usual);
  });

  it('computes the same when node -e imports it, or a module that is loaded before imports the backend too', async () => {
    const url = pathToFileURL(program).href;
    expect(readResult(await run(node, ['--input-type=module', '-e', `import '${url}'`]))).toBe(usual);
    // The copy that comes first registers the backend; another program's line comes first then.
    const env = { NODE_OPTIONS: `--import=${pathToFileURL(program).href}` };
    expect(readResult(await run(node, ['-e', '0'], { env }))).toBe(usual);
  });
});

const canPinCores = (() => {
  try {
    execFileSync('taskset', ['-c', '0', 'true']);
    return true;
  } catch {
    return false;
  }
})();

describe.runIf(process.platform === 'linux')('little address space', () => {
  // A shared memory of 4 GiB takes 10 GiB of addresses, and V8 ends the process where a thread gets none.
  it.each([16, 12, 11.5, 11.2])('of %d GiB ends in a result', async (gibibytes) => {
    const command = `ulimit -v ${Math.floor(gibibytes * 2 ** 20)}; exec "$0" "$1"`;
    const ended = await run('sh', ['-c', command, node, program], { env: { THREADS: '8' } });
    expect(ended.code, ended.output).toBe(0);
    expect(readResult(ended)).toMatch(/^result -?\d/);
  });

  it('of 4 GiB is refused with what to do', async () => {
    const { output } = await run('sh', ['-c', `ulimit -v ${4 * 2 ** 20}; exec "$0" "$1"`, node, program]);
    expect(output).toMatch(
      /simd backend: the engine cannot reserve a memory of 0.25 GiB.*raise its limit \(ulimit -v\)/,
    );
  });
});

describe('more threads than cores', () => {
  const results = async (command: string, args: string[]) => {
    const found = [];
    for (const threads of ['1', '12']) {
      found.push(readResult(await run(command, [...args, program], { env: { THREADS: threads } })));
    }
    return found;
  };

  it('compute the same', async () => {
    const [one, many] = await results(node, []);
    expect(many).toBe(one!.replace('workers 0', 'workers 11'));
  });

  it.runIf(canPinCores)('compute the same on a single core, without a hang', async () => {
    const [one, many] = await results('taskset', ['-c', '0', node]);
    expect(many).toBe(one!.replace('workers 0', 'workers 11'));
  });
});
