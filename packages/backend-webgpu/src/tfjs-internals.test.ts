import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { startWebgpu } from '../test/webgpu';
import { WebgpuBackend } from './backend';
import { fallback } from './fallback';
import {
  bindSlices,
  cacheUniforms,
  createBinding,
  internals,
  reuseBuffersWithinBatch,
} from './tfjs-internals';

const available = await startWebgpu();

/** A backend of tfjs alone, on a separate device. */
async function plainBackend(): Promise<WebGPUBackend> {
  const adapter = await navigator.gpu.requestAdapter();
  return new WebGPUBackend(await adapter!.requestDevice(), adapter!.info);
}

describe.runIf(available)("tfjs-backend-webgpu's private members", () => {
  it('are where this package looks for them', async () => {
    const backend = await plainBackend();
    const members = internals(backend);
    expect(members.commandQueueOwnedIds).toBeInstanceOf(WeakSet);
    expect(members.commandEncoder).toBeNull();
    expect(members.computePassEncoder).toBeNull();
    expect(members.dispatchCountInPass).toBe(0);
    expect(members.uniformPendingDisposal).toEqual([]);
    expect(members.activeTimers).toBeUndefined();
    expect(members.supportTimestampQuery).toBe(false);
    expect(members.querySet).toBeNull();
    expect(members.querySetCount).toBe(2);
    const binding = members.makeUniforms([{ type: 'float32', data: [1] }]);
    expect(binding).toMatchObject({ offset: 0, size: 4 });
    expect(members.uniformPendingDisposal).toEqual([binding.buffer]);
  });

  it('are next to the public ones that it overrides or calls', async () => {
    const backend = await plainBackend();
    const called = [
      'disposeData',
      'endComputePassEncoder',
      'ensureCommandEncoderReady',
      'getQueryTime',
      'read',
      'readSync',
      'readToGPU',
      'runWebGPUProgram',
      'shouldExecuteOnCPU',
      'submitQueue',
      'uploadToGPU',
    ] as const;
    for (const name of called)
      expect({ name, type: typeof backend[name] }).toEqual({ name, type: 'function' });
    const { dataId } = backend.makeTensorInfo([2], 'float32', new Float32Array([1, 2]));
    expect(backend.tensorMap.get(dataId)).toMatchObject({ dtype: 'float32', shape: [2], refCount: 1 });
    backend.uploadToGPU(dataId);
    expect(backend.tensorMap.get(dataId).resource).toBeInstanceOf(GPUBuffer);
  });

  it('are used by its programs: uniforms come from makeUniforms, dispatches go to the pass', async () => {
    const backend = tf.backend() as WebgpuBackend;
    expect(backend).toBeInstanceOf(WebgpuBackend);
    await tf.relu(tf.tensor1d(new Float32Array(2000))).data();
    const members = internals(backend);
    const x = tf.tensor1d(new Float32Array(2000).fill(-1));
    const before = members.uniformPendingDisposal.length;
    tf.relu(x);
    expect(members.computePassEncoder).toBeInstanceOf(GPUComputePassEncoder);
    expect(members.dispatchCountInPass).toBe(1);
    // Cached, so not to be taken back.
    expect(members.uniformPendingDisposal).toHaveLength(before);
  });

  it('let uniforms be shared and taken back', async () => {
    const backend = await plainBackend();
    cacheUniforms(backend, 2);
    const members = internals(backend);
    const make = (value: number) => members.makeUniforms([{ type: 'float32', data: [value] }]).buffer;
    const first = make(1);
    expect(make(1)).toBe(first);
    expect(make(2)).not.toBe(first);
    expect(members.uniformPendingDisposal).toEqual([]);
    make(3);
    expect(members.uniformPendingDisposal).toEqual([first]);
    expect(make(NaN)).not.toBe(make(Infinity));
    expect(make(-0)).not.toBe(make(0));
  });

  it('keep the uniforms of every step, however many learning rates come and go', async () => {
    const backend = await plainBackend();
    cacheUniforms(backend, 2);
    const make = (value: number) =>
      internals(backend).makeUniforms([{ type: 'float32', data: [value] }]).buffer;
    const hot = make(0.5);
    for (let step = 1; step < 5; step++) {
      make(step);
      expect(make(0.5)).toBe(hot);
    }
  });

  it('let buffers be used again before a submit', async () => {
    const backend = await plainBackend();
    reuseBuffersWithinBatch(backend);
    const x = backend.makeTensorInfo([3000], 'float32', new Float32Array(3000));
    backend.uploadToGPU(x.dataId);
    const { resource } = backend.tensorMap.get(x.dataId);
    internals(backend).commandQueueOwnedIds.add(x.dataId);
    backend.disposeData(x.dataId);
    const y = backend.makeTensorInfo([3000], 'float32');
    backend.uploadToGPU(y.dataId);
    expect(backend.tensorMap.get(y.dataId).resource).toBe(resource);
  });

  it('let tensors be bound as slices of a buffer, by its programs too', async () => {
    const backend = await plainBackend();
    const x = backend.makeTensorInfo(
      [100],
      'float32',
      Float32Array.from({ length: 100 }, (_, i) => i),
    );
    backend.uploadToGPU(x.dataId);
    const slice = backend.makeTensorInfo([2], 'float32');
    const data = backend.tensorMap.get(slice.dataId);
    data.resource = backend.tensorMap.get(x.dataId).resource;
    // Not to be given to another tensor.
    data.external = true;
    bindSlices(backend, (dataId) => (dataId === slice.dataId ? 256 : undefined));
    const { resource: buffer } = data;
    expect(createBinding(backend, x)).toEqual({ buffer });
    expect(createBinding(backend, slice)).toEqual({ buffer, offset: 256, size: 8 });
    const call = { inputs: { x: slice }, backend, attrs: {} };
    const out = fallback(tf.Relu)(call) as tf.TensorInfo;
    expect(Array.from((await backend.read(out.dataId)) as Float32Array)).toEqual([64, 65]);
    const free = backend.bufferManager.getNumFreeBuffers();
    backend.disposeData(slice.dataId);
    expect(backend.bufferManager.getNumFreeBuffers()).toBe(free);
  });
});
