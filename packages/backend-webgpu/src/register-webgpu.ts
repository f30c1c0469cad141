import * as tf from '@tensorflow/tfjs-core';
import { WebgpuBackend } from './backend';
import { findGpu } from './find-gpu';
import { registerKernels } from './kernels';
import { requestDevice } from './request-device';

export interface WebgpuOptions {
  /** Which GPU, where there are two; 'high-performance' by default. */
  powerPreference?: GPUPowerPreference;
  /** Whether an adapter that computes on the processor will do; false by default. */
  allowSoftware?: boolean;
  /** Dispatches that are collected before they are submitted, an integer of at least 1; 128 by default. */
  dispatchesPerSubmit?: number;
  /** Options of Dawn, in Node: `['adapter=NVIDIA']`, `['backend=vulkan']`; read by the first call only. */
  dawnOptions?: string[];
}

/** What the backend runs on. */
export interface WebgpuInfo {
  /** Vendor, architecture and name of the adapter. */
  adapter: string;
  /** Whether it computes on the processor. */
  software: boolean;
}

const PRIORITY = 3; // that of tfjs's own

/**
 * Registers the backend 'webgpu' for training and makes it the current one, in Node and in browsers. A backend of that
 * name that is there already is replaced, and its tensors are gone.
 *
 * @returns what it runs on
 * @throws a `WebgpuUnavailable` that says what is missing and how to get it
 * @example
 * import '@tenfold/gradients';
 * import { registerWebgpu } from '@tenfold/backend-webgpu';
 *
 * const { adapter } = await registerWebgpu();
 * console.log(`training on ${adapter}`);
 */
export async function registerWebgpu({
  powerPreference = 'high-performance',
  allowSoftware = false,
  dispatchesPerSubmit = 128,
  dawnOptions = [],
}: WebgpuOptions = {}): Promise<WebgpuInfo> {
  if (!Number.isInteger(dispatchesPerSubmit) || dispatchesPerSubmit < 1) {
    throw new Error(
      `registerWebgpu: dispatchesPerSubmit is ${dispatchesPerSubmit}; give an integer of at least 1`,
    );
  }
  const gpu = await findGpu(dawnOptions);
  const { device, info, description, software } = await requestDevice(gpu, {
    powerPreference,
    allowSoftware,
  });
  registerKernels();
  tf.env().set('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE', dispatchesPerSubmit);
  if (tf.engine().registryFactory.webgpu) tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', () => new WebgpuBackend(device, info, description), PRIORITY);
  await tf.setBackend('webgpu');
  return { adapter: description, software };
}
