import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import os from 'node:os';
import type { SimdBackend } from '@tenfold/backend-simd';
import * as tf from '@tensorflow/tfjs-core';
import type { Machine } from '../results/results';

/** The machine of this process, with the versions that affect its speed. */
export function describeMachine(): Machine {
  return {
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
    threads: threadsOfBackend(),
    memoryBytes: os.totalmem(),
    os: `${os.type()} ${os.release()}`,
    arch: os.arch(),
    node: process.version,
    v8: process.versions.v8,
    commit: commit(),
    versions: versions(['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-cpu', '@tenfold/bench']),
  };
}

function threadsOfBackend(): number {
  if (tf.getBackend() === 'simd') return (tf.backend() as SimdBackend).runtime.threads;
  return tf.getBackend() === 'cpu' ? 1 : 0;
}

function commit(): string | null {
  const git = (...args: string[]) =>
    execFileSync('git', args, {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    const hash = git('rev-parse', '--short', 'HEAD');
    return git('status', '--porcelain') === '' ? hash : `${hash}+`;
  } catch {
    return null; // installed from a package, or no git here
  }
}

function versions(names: string[]): Record<string, string> {
  const require = createRequire(import.meta.url);
  const found: Record<string, string> = {};
  for (const name of names) {
    try {
      found[name] = (require(`${name}/package.json`) as { version: string }).version;
    } catch {
      // A package that is not installed has no version.
    }
  }
  return found;
}
