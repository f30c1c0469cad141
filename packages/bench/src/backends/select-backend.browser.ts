import '@tenfold/gradients';
import * as tf from '@tensorflow/tfjs-core';
import type { Results } from '../results/results';
import { checkTraining } from './check-training';
import { type AdapterInfo, adapterText, isSoftware } from './software-adapter';
import { BackendUnavailable } from './unavailable';

export type BrowserBackend = 'webgpu' | 'simd';

interface Gpu {
  requestAdapter(options?: object): Promise<{ info?: AdapterInfo } | null>;
}

let active: Results['backend'] | undefined;

/** The backend that {@link selectBackend} chose. */
export function describeBackend(): Results['backend'] {
  if (!active) throw new Error('describeBackend: no backend was chosen yet; call selectBackend');
  return active;
}

/** Chooses simd unless a backend was chosen already. */
export async function ensureBackend(): Promise<void> {
  if (!active) await selectBackend('simd');
}

/**
 * Makes a backend the current one of this worker, after checking a training step of a tiny network.
 *
 * @throws a `BackendUnavailable` with the reason and what to do
 */
export async function selectBackend(
  name: BrowserBackend,
  { threads }: { threads?: number } = {},
): Promise<Results['backend']> {
  const details = name === 'webgpu' ? await activateWebgpu() : await activateSimd(threads);
  await checkTraining();
  active = { name, details };
  return active;
}

/**
 * The adapter that WebGPU would use.
 *
 * @throws a `BackendUnavailable` when there is none
 */
export async function findAdapter(): Promise<{ adapter: string; software: boolean }> {
  const { gpu } = navigator as { gpu?: Gpu };
  if (!gpu) {
    throw new BackendUnavailable(
      'not installed',
      globalThis.isSecureContext
        ? 'this browser has no WebGPU'
        : 'WebGPU needs a page over https or from localhost',
      'Use Chrome or Edge 113, Safari 26, or Firefox 141 on Windows and 145 on macOS. On Linux, enable chrome://flags/#enable-unsafe-webgpu in Chrome or dom.webgpu.enabled in Firefox',
    );
  }
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) {
    throw new BackendUnavailable(
      'no GPU',
      'this browser offers no WebGPU adapter',
      'Update the graphics driver, and see chrome://gpu (about:support in Firefox) for blocked features',
    );
  }
  const info = adapter.info ?? {};
  return { adapter: adapterText(info) || 'not named', software: isSoftware(info) };
}

async function activateSimd(threads: number | undefined): Promise<Record<string, string>> {
  const { configureSimd, SimdBackend } = await import('@tenfold/backend-simd');
  if (threads !== undefined) configureSimd({ threads });
  await set('simd');
  const backend = tf.backend();
  if (!(backend instanceof SimdBackend)) return {};
  const { variant, threads: running } = backend.runtime;
  return { variant, threads: String(running) };
}

async function activateWebgpu(): Promise<Record<string, string>> {
  await findAdapter(); // names the missing browser features
  const { registerWebgpu } = await import('@tenfold/backend-webgpu');
  const { adapter, software } = await registerWebgpu({ allowSoftware: true });
  return {
    kernels: '@tenfold/backend-webgpu',
    adapter: software ? `${adapter} (computes on the processor)` : adapter,
  };
}

async function set(name: BrowserBackend): Promise<void> {
  if (await tf.setBackend(name)) return;
  throw new BackendUnavailable(
    'failed',
    `${name} does not start`,
    'Use the other backend, and please report this',
  );
}
