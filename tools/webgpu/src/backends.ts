import { registerWebgpu, type WebgpuInfo, type WebgpuOptions } from '@tenfold/backend-webgpu';
import '@tenfold/gradients';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { create, globals } from 'webgpu';
import { watchTraffic } from './traffic';

/** The name of tfjs's own backend next to ours, with only its own kernels and on a separate device. */
export const STOCK = 'stock-webgpu';

/** Registers both backends and counts their traffic; ours, with the options, is the current one. */
export async function registerBoth(options: WebgpuOptions = {}): Promise<WebgpuInfo> {
  // Before there is a device: what is counted is wrapped on the prototypes.
  Object.assign(globalThis, globals);
  Object.defineProperty(globalThis, 'navigator', { value: { gpu: create([]) }, configurable: true });
  watchTraffic();
  for (const kernel of tf.getKernelsForBackend('webgpu')) {
    tf.registerKernel({ ...kernel, backendName: STOCK });
  }
  const info = await registerWebgpu({ allowSoftware: true, ...options });
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
  // As tfjs's registration does it.
  const { limits } = adapter!;
  const device = await adapter!.requestDevice({
    requiredLimits: {
      maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
      maxComputeWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
      maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
      maxBufferSize: limits.maxBufferSize,
      maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
      maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
    },
  });
  tf.registerBackend(STOCK, () => new WebGPUBackend(device, adapter!.info));
  return info;
}

/** tfjs's own settings for its backend, ours for ours. */
export async function switchTo(name: typeof STOCK | 'webgpu'): Promise<void> {
  tf.env().set('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE', name === STOCK ? 15 : 128);
  await tf.setBackend(name);
}
