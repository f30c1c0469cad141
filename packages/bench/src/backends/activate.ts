import { count, flag, type Kinds } from '@tenfold/checks';
import '@tenfold/gradients';
import * as tf from '@tensorflow/tfjs-core';
import type { BackendName } from './names';
import { activateTensorflow } from './tensorflow';
import { BackendUnavailable } from './unavailable';
import { activateWebgpu } from './webgpu';

export interface ActivateOptions {
  /** Threads for `simd`, `node` and `node-gpu`; by default each backend decides. */
  threads?: number;
  /**
   * Whether `simd` may set V8's experimental flags. They affect the whole process, so only a program that owns its process
   * should allow it.
   * Default false.
   */
  v8Flags?: boolean;
  /** Whether a WebGPU adapter that computes on the processor counts. Default false. */
  allowSoftware?: boolean;
}

export const activateKinds: Kinds<ActivateOptions> = {
  threads: count,
  v8Flags: flag,
  allowSoftware: flag,
};

/**
 * Loads a backend and makes it the current one of tfjs-core.
 *
 * @returns its details, for people
 * @throws a {@link BackendUnavailable} when it does not work here
 */
export async function activate(
  name: BackendName,
  { threads, v8Flags = false, allowSoftware = false }: ActivateOptions = {},
): Promise<Record<string, string>> {
  switch (name) {
    case 'node-gpu':
      return activateTensorflow('@tensorflow/tfjs-node-gpu', threads);
    case 'node':
      return activateTensorflow('@tensorflow/tfjs-node', threads);
    case 'webgpu':
      return activateWebgpu(allowSoftware);
    case 'simd':
      return activateSimd(threads, v8Flags);
    case 'cpu':
      return activateCpu();
  }
}

async function activateCpu(): Promise<Record<string, string>> {
  await import('@tensorflow/tfjs-backend-cpu');
  const details = await set('cpu', { threads: '1' });
  // In Node its first tensor prints advice to use tfjs-node, which the bench has already looked for.
  Object.assign(tf.backend(), { firstUse: false });
  return details;
}

// The flags are set once, before the backend starts, and cannot be unset.
let flagsOfProcess: string[] | undefined;

async function activateSimd(threads: number | undefined, v8Flags: boolean): Promise<Record<string, string>> {
  const { configureSimd, enableExperimentalV8Flags, SimdBackend } = await import('@tenfold/backend-simd');
  if (v8Flags) flagsOfProcess ??= enableExperimentalV8Flags();
  if (threads !== undefined) configureSimd({ threads });
  await set('simd', {});
  const backend = tf.backend();
  if (!(backend instanceof SimdBackend)) return {};
  const { variant, threads: running } = backend.runtime;
  return { variant, threads: String(running), v8Flags: flagsOfProcess?.join(' ') || 'none' };
}

async function set(name: string, details: Record<string, string>): Promise<Record<string, string>> {
  if (await tf.setBackend(name)) return details;
  throw new BackendUnavailable(
    'failed',
    `${name} does not start`,
    'use another backend, and please report this',
  );
}
