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

/** Chooses simd where no backend was chosen yet. */
export async function ensureBackend(): Promise<void> {
  if (!active) await selectBackend('simd');
}

/**
 * Makes a backend the current one of this worker, after a training step of a tiny network came out right.
 *
 * @throws a `BackendUnavailable` that says why not and what to do
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
 * The adapter that WebGPU would compute on.
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
      'Chrome and Edge 113, Safari 26, Firefox 141 on Windows and 145 on Macs have it; on Linux, Chrome behind chrome://flags/#enable-unsafe-webgpu and Firefox behind dom.webgpu.enabled',
    );
  }
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) {
    throw new BackendUnavailable(
      'no GPU',
      'this browser finds no graphics card that it would use',
      'Update the driver, and look at chrome://gpu (about:support in Firefox) for what is blocked',
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
  await findAdapter(); // says what a browser has to have
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
    'Take the other backend, and please report this',
  );
}
