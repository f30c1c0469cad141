import { count, flag, type Kinds } from '@tenfold/checks';
import '@tenfold/gradients';
import * as tf from '@tensorflow/tfjs-core';
import type { BackendName } from './names';
import { activateTensorflow } from './tensorflow';
import { BackendUnavailable } from './unavailable';
import { activateWebgpu } from './webgpu';

export interface ActivateOptions {
  /** Threads to compute on; for `simd`, `node` and `node-gpu`. Each has its own default. */
  threads?: number;
  /**
   * Whether `simd` may set V8's experimental flags, which hold for the whole process: for a program that owns its process.
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
 * @returns what there is to know about it, for people
 * @throws a {@link BackendUnavailable} when it cannot be had here
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
  // It greets its first tensor in Node with advice to take tfjs-node, which the bench has looked for already.
  Object.assign(tf.backend(), { firstUse: false });
  return details;
}

// The flags are set once, before the backend starts, and stay.
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
    'take another backend, and please report this',
  );
}
