import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { buildCommandLine, emptyFolder, start } from '../../test/command-line';
import { activate } from './activate';
import { checkTraining } from './check-training';
import { npmCommand } from './npm-command';
import { selectBackend } from './select-backend';

describe('checkTraining', () => {
  it.each(['cpu', 'simd'] as const)('accepts %s, and leaves no tensor behind', async (name) => {
    await activate(name);
    await checkTraining();
    const before = tf.memory().numTensors;
    await checkTraining();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses a backend whose gradient is wrong', async () => {
    await activate('cpu');
    const right = tf.getGradient('Tanh');
    tf.unregisterGradient('Tanh');
    tf.registerGradient({ ...right, gradFunc: (dy) => ({ x: () => tf.mul(dy as tf.Tensor, 0.5) }) });
    await expect(checkTraining()).rejects.toThrow(
      /a training step of a tiny network is wrong: the gradient has length/,
    );
    tf.unregisterGradient('Tanh');
    tf.registerGradient(right);
    await checkTraining();
  });
});

describe('selectBackend', () => {
  it('takes the first that works, and says what it passed over', async () => {
    const passed: string[] = [];
    const chosen = await selectBackend(undefined, {
      onCheck: ({ name, works }) => passed.push(`${name} ${works}`),
    });
    expect(passed).toEqual(['node-gpu false', 'node false', 'webgpu false', 'simd true']);
    expect(chosen).toMatchObject({ name: 'simd', details: { threads: expect.any(String) } });
    expect(tf.getBackend()).toBe('simd');
  });

  it('refuses one that is not here, with what to do', async () => {
    const refused = selectBackend('webgpu');
    await expect(refused).rejects.toThrow('webgpu is not installed');
    await expect(refused).rejects.toMatchObject({
      reason: 'not installed',
      advice: npmCommand('install', ['webgpu']),
    });
  });
});

describe('npmCommand', () => {
  it('installs into the working directory for an installed bench', () => {
    const from = join(emptyFolder(), 'node_modules', '@tenfold', 'bench', 'dist');
    expect(npmCommand('install', ['webgpu'], from)).toBe('npm install webgpu');
    expect(npmCommand('rebuild', ['webgpu', '--foreground-scripts'], from)).toBe(
      'npm rebuild webgpu --foreground-scripts',
    );
  });

  // npm cannot install into the clone itself, because of its workspace: versions.
  it('installs into a folder of a clone, named from where the user is', () => {
    const root = fileURLToPath(new URL('../../../..', import.meta.url));
    for (const [where, prefix] of [
      [root, '.cache/backends'],
      [join(root, 'packages', 'bench'), '../../.cache/backends'],
      [join(root, '..', 'a b'), `../${basename(root)}/.cache/backends`],
    ] as const) {
      vi.stubEnv('INIT_CWD', where);
      const command = npmCommand('install', ['webgpu', 'other']).replaceAll('\\', '/');
      expect(command).toBe(`npm install --prefix ${prefix} webgpu other`);
    }
    const clone = join(emptyFolder(), 'a clone');
    mkdirSync(clone);
    writeFileSync(join(clone, 'package.json'), '{"name":"tenfold"}');
    vi.stubEnv('INIT_CWD', join(clone, '..'));
    const quoted = npmCommand('install', ['webgpu'], join(clone, 'packages', 'bench')).replaceAll('\\', '/');
    expect(quoted).toBe('npm install --prefix "a clone/.cache/backends" webgpu');
    vi.unstubAllEnvs();
  });
});

// Native packages do not install everywhere; these fakes fail as they do.
describe('a native package in the folder of the user', () => {
  const dawn = (adapter: string) => ({
    webgpu: `exports.globals = {}; exports.create = () => ({ requestAdapter: async () => (${adapter}) });`,
    '@tensorflow/tfjs-backend-webgpu': '',
  });
  type Checks = { [name: string]: { works: boolean; reason: string; why: string; advice: string } };
  // Two folders, in which every backend but ours fails, each time otherwise: a doctor measures what works for seconds.
  let [one, other]: Checks[] = [];
  beforeAll(async () => {
    const cli = await buildCommandLine('backends');
    const doctor = async (packages: Record<string, string>): Promise<Checks> => {
      const cwd = emptyFolder();
      for (const [name, code] of Object.entries(packages)) {
        const folder = join(cwd, 'node_modules', name);
        mkdirSync(folder, { recursive: true });
        writeFileSync(
          join(folder, 'package.json'),
          JSON.stringify({ name, version: '4.22.0', main: 'index.js' }),
        );
        writeFileSync(join(folder, 'index.js'), code);
      }
      const { out } = await start(cli, ['doctor', '--json'], { cwd }).ended;
      const { backends, best } = JSON.parse(out);
      expect(best).toBe('simd');
      return Object.fromEntries(backends.map((check: { name: string }) => [check.name, check]));
    };
    one = await doctor({
      '@tensorflow/tfjs-node-gpu': `throw new Error('libcudart.so.11.0: cannot open shared object file: No such file or directory')`,
      '@tensorflow/tfjs-node': `throw new Error('The Node.js native addon module (tfjs_binding.node) can not be found at path: x')`,
      ...dawn('null'),
    });
    other = await doctor({
      '@tensorflow/tfjs-node-gpu': `process.stderr.write('Illegal instruction'); process.kill(process.pid, 'SIGKILL')`,
      '@tensorflow/tfjs-node': `
        const util = require('node:util');
        throw new Error('isNullOrUndefined ' + util.isNullOrUndefined(null) + ', isArray ' + util.isArray([]));`,
      ...dawn(`{ info: { vendor: 'mesa', description: 'llvmpipe (LLVM 19)' } }`),
    });
  }, 120_000);

  it('without its binary', () => {
    const { node } = one!;
    expect(node).toMatchObject({ works: false, reason: 'no binary' });
    expect(node!.why).toMatch(/is installed without its prebuilt binary/);
    expect(node!.advice).toMatch(
      /without --ignore-scripts .*npm rebuild .*@tensorflow\/tfjs-node --build-from-source/,
    );
  });

  it('without a CUDA library', () => {
    const { 'node-gpu': gpu } = one!;
    expect(gpu).toMatchObject({ works: false, reason: 'no GPU' });
    expect(gpu!.why).toMatch(/does not find libcudart\.so\.11\.0/);
  });

  it('that takes its process down', () => {
    const { 'node-gpu': gpu } = other!;
    expect(gpu).toMatchObject({ works: false, reason: 'failed' });
    expect(gpu!.why).toMatch(/ended with SIGKILL: Illegal instruction/);
  });

  it('after the functions are repaired that Node 23 took away', () => {
    expect(other!.node!.why).toMatch(/isNullOrUndefined true, isArray true/);
  });

  it('of WebGPU without an adapter, or with one that computes on the processor', () => {
    expect(one!.webgpu).toMatchObject({ works: false, reason: 'no GPU' });
    expect(other!.webgpu).toMatchObject({ works: false, reason: 'software only' });
    expect(other!.webgpu!.why).toMatch(/mesa llvmpipe/);
  });
});
