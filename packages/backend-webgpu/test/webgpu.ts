// For tests: the backend on any adapter, including software, or one visible line that there is none.
import { createRng } from '@tenfold/random';
import { webgpuStarts } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { WebgpuBackend } from '../src/backend';
import { registerWebgpu, type WebgpuOptions } from '../src/register-webgpu';

/**
 * Whether there is an adapter. Without one it prints a line once, or throws when CI is set, where an adapter is required.
 */
export const startWebgpu = (options: WebgpuOptions = {}): Promise<boolean> =>
  webgpuStarts(() => registerWebgpu({ allowSoftware: true, ...options }));

/** Activates a backend whose device has only the limits that WebGPU guarantees everywhere. */
export async function leastDevice(): Promise<void> {
  const adapter = (await navigator.gpu.requestAdapter())!;
  const device = await adapter.requestDevice();
  tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', () => new WebgpuBackend(device, adapter.info), 3);
  await tf.setBackend('webgpu');
}

/** Makes the kernels unroll their shaders and take the tiles of GPUs, or use loops and the short tile, as on software adapters. */
export function unroll(unrolls: boolean): void {
  Object.assign(tf.backend(), { unrolls });
}

const NAN_WORD = 0x7fc0_0000;

/**
 * Fills every buffer that the current backend acquires for a tensor with NaN, new and recycled ones, so that a kernel that reads what
 * nothing has written computes NaN. Writes out of bounds need no guard words: WebGPU keeps every access inside the bound range.
 *
 * @returns restores the backend
 */
export function fillBuffersWithNan(): () => void {
  const { bufferManager, device } = tf.backend() as WebgpuBackend;
  const { acquireBuffer } = bufferManager;
  bufferManager.acquireBuffer = (size, usage, mappedAtCreation, reuse) => {
    const buffer = acquireBuffer.call(bufferManager, size, usage, mappedAtCreation, reuse);
    const holdsTensor = (usage & GPUBufferUsage.STORAGE) !== 0 && (usage & GPUBufferUsage.COPY_DST) !== 0;
    if (holdsTensor && !mappedAtCreation) {
      device.queue.writeBuffer(buffer, 0, new Uint32Array(buffer.size >> 2).fill(NAN_WORD));
    }
    return buffer;
  };
  return () => {
    bufferManager.acquireBuffer = acquireBuffer;
  };
}

/** Normally distributed numbers. */
export const normals = (size: number, seed = 1): Float32Array =>
  createRng(seed).fillNormal(new Float32Array(size));

/** A tensor of normally distributed numbers. */
export const randomTensor = (shape: number[], seed = 1): tf.Tensor =>
  tf.tensor(normals(tf.util.sizeFromShape(shape), seed), shape, 'float32');

/** Runs a kernel and returns its outputs. */
export function runKernel(name: string, inputs: Record<string, tf.Tensor>, attrs: object = {}): tf.Tensor[] {
  const outputs: tf.Tensor | tf.Tensor[] = tf
    .engine()
    .runKernel(name, inputs, attrs as unknown as tf.NamedAttrMap);
  return [outputs].flat();
}
