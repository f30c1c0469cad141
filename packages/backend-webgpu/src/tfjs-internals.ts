// The only file that touches members which tfjs declares private. `tfjs-internals.test.ts` fails when a release of
// tfjs-backend-webgpu moves one of them.
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { env, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { LruCache } from './lru-cache';

/** One value of a program's uniforms, as tfjs's programs give them. */
export interface ProgramUniform {
  type: string;
  data: number[];
}

interface UniformBinding {
  offset: number;
  size: number;
  buffer: GPUBuffer;
}

interface Timer {
  name: string;
  query: Promise<number>;
}

/** The private members of tfjs's backend that are used here. */
export interface Internals {
  commandQueueOwnedIds: Pick<WeakSet<object>, 'add' | 'has'>;
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  dispatchCountInPass: number;
  uniformPendingDisposal: GPUBuffer[];
  activeTimers?: Timer[];
  supportTimestampQuery: boolean;
  querySet: GPUQuerySet | null;
  querySetCount: number;
  makeUniforms(uniforms: ProgramUniform[]): UniformBinding;
  tensorToBinding(tensor?: TensorInfo): GPUBindingResource | null;
}

/** The private side of a backend. */
export const internals = (backend: WebGPUBackend): Internals => backend as unknown as Internals;

/** Records one dispatch into the backend's compute pass, and submits when the batch is full. */
export function record(
  backend: WebGPUBackend,
  name: string,
  pipeline: GPUComputePipeline,
  bindGroup: GPUBindGroup,
  groups: readonly [number, number, number],
): void {
  const members = internals(backend);
  const timed = members.activeTimers !== undefined && members.activeTimers !== null;
  backend.ensureCommandEncoderReady();
  if (timed && members.supportTimestampQuery) {
    backend.endComputePassEncoder();
    members.querySet ??= backend.device.createQuerySet({ type: 'timestamp', count: members.querySetCount });
    const timestampWrites = {
      querySet: members.querySet,
      beginningOfPassWriteIndex: 0,
      endOfPassWriteIndex: 1,
    };
    members.computePassEncoder = members.commandEncoder!.beginComputePass({ timestampWrites });
  }
  members.computePassEncoder ??= members.commandEncoder!.beginComputePass();
  members.computePassEncoder.setPipeline(pipeline);
  members.computePassEncoder.setBindGroup(0, bindGroup);
  members.computePassEncoder.dispatchWorkgroups(...groups);
  members.dispatchCountInPass++;
  if (timed) {
    backend.endComputePassEncoder();
    members.activeTimers!.push({ name, query: backend.getQueryTime() });
  } else if (members.dispatchCountInPass >= env().getNumber('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE')) {
    backend.endComputePassEncoder();
    backend.submitQueue();
  }
}

/**
 * Lets buffers of disposed tensors be reused immediately instead of after the next submit. Dispatches of one command
 * encoder run in order and see each other's writes, and tensors are never written to from outside of it, so a later
 * dispatch may overwrite what an earlier one has read. Without this, a batch of many dispatches would hold the memory of
 * all its intermediate results.
 */
export function reuseBuffersWithinBatch(backend: WebGPUBackend): void {
  const none = { add: () => none, has: () => false };
  Object.defineProperty(backend, 'commandQueueOwnedIds', { get: () => none, set: () => {} });
}

/** Gives programs of the same uniforms the same uniform buffer, written once; the `capacity` most recently used are kept. */
export function cacheUniforms(backend: WebGPUBackend, capacity: number): void {
  const members = internals(backend);
  const make = members.makeUniforms.bind(backend);
  const cache = new LruCache<string, UniformBinding>(capacity, ({ buffer }) =>
    members.uniformPendingDisposal.push(buffer),
  );
  members.makeUniforms = (uniforms) => {
    // As text −0 is '0'.
    const describeData = (data: number[]) => (data.length === 1 && Object.is(data[0], -0) ? '-0' : data);
    const key = uniforms.map(({ type, data }) => `${type[0]}${describeData(data)}`).join();
    return cache.getOrMake(key, () => {
      const binding = make(uniforms);
      // tfjs would release it after the submit.
      members.uniformPendingDisposal.pop();
      return binding;
    });
  };
}

/** A uniform buffer for these values, owned by the cache. */
export function uniformBuffer(backend: WebGPUBackend, uniforms: ProgramUniform[]): GPUBuffer {
  return internals(backend).makeUniforms(uniforms).buffer;
}

/**
 * Binds tensors as slices of their buffers, in tfjs's programs too.
 *
 * @param offsetOf the offset in bytes of a tensor that is a slice of its buffer
 */
export function bindSlices(backend: WebGPUBackend, offsetOf: (dataId: object) => number | undefined): void {
  const members = internals(backend);
  const bind = members.tensorToBinding.bind(backend);
  members.tensorToBinding = (tensor) => {
    const offset = tensor && offsetOf(tensor.dataId);
    if (offset === undefined) return bind(tensor);
    const buffer = backend.tensorMap.get(tensor!.dataId).resource as GPUBuffer;
    return { buffer, offset, size: 4 * util.sizeFromShape(tensor!.shape) };
  };
}

/** What a program binds for a tensor that is on the GPU. */
export function createBinding(backend: WebGPUBackend, tensor: TensorInfo): GPUBufferBinding {
  return internals(backend).tensorToBinding(tensor) as GPUBufferBinding;
}

/** Records a copy between dispatches. */
export function recordCopy(
  backend: WebGPUBackend,
  { buffer, offset = 0 }: GPUBufferBinding,
  to: GPUBuffer,
  toOffset: number,
  bytes: number,
): void {
  if (bytes === 0) return;
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  internals(backend).commandEncoder!.copyBufferToBuffer(buffer, offset, to, toOffset, bytes);
}
