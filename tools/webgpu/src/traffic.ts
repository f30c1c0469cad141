/** What a GPU was told to do. */
export interface Traffic {
  dispatches: number;
  /** Bytes of the storage buffers that dispatches bind, each counted once a dispatch, and of copies, read and written. */
  bytes: number;
  submits: number;
  /** Dispatches by the label of their pipeline; tfjs's have none and count as 'tfjs'. */
  byLabel: Record<string, number>;
  bytesByLabel: Record<string, number>;
}

const traffic: Traffic = { dispatches: 0, bytes: 0, submits: 0, byLabel: {}, bytesByLabel: {} };

/** Counts from now on what every device of this process does. Call it once, when WebGPU's globals are there. */
export function watchTraffic(): void {
  const boundBytes = new WeakMap<GPUBindGroup, number>();
  const bound = new WeakMap<GPUComputePassEncoder, { bytes: number; label: string }>();
  const readLabel = (pipeline: GPUComputePipeline): string => pipeline.label || 'tfjs';

  const { createBindGroup } = GPUDevice.prototype;
  GPUDevice.prototype.createBindGroup = function (descriptor) {
    const group = createBindGroup.call(this, descriptor);
    let bytes = 0;
    for (const { resource } of descriptor.entries) {
      if (!('buffer' in resource)) continue;
      const { buffer, size, offset = 0 } = resource;
      if (buffer.usage & GPUBufferUsage.STORAGE) bytes += size ?? buffer.size - offset;
    }
    boundBytes.set(group, bytes);
    return group;
  };

  const pass = GPUComputePassEncoder.prototype;
  const { setPipeline, setBindGroup, dispatchWorkgroups } = pass;
  const findState = (encoder: GPUComputePassEncoder) => {
    let state = bound.get(encoder);
    if (!state) {
      state = { bytes: 0, label: '' };
      bound.set(encoder, state);
    }
    return state;
  };
  pass.setPipeline = function (pipeline) {
    findState(this).label = readLabel(pipeline);
    setPipeline.call(this, pipeline);
  };
  pass.setBindGroup = function (this: GPUComputePassEncoder, ...args: unknown[]) {
    findState(this).bytes = boundBytes.get(args[1] as GPUBindGroup) ?? 0;
    (setBindGroup as (...args: unknown[]) => void).apply(this, args);
  };
  pass.dispatchWorkgroups = function (...args) {
    const { bytes, label } = findState(this);
    traffic.dispatches++;
    traffic.bytes += bytes;
    traffic.byLabel[label] = (traffic.byLabel[label] ?? 0) + 1;
    traffic.bytesByLabel[label] = (traffic.bytesByLabel[label] ?? 0) + bytes;
    dispatchWorkgroups.apply(this, args);
  };

  const { copyBufferToBuffer } = GPUCommandEncoder.prototype;
  GPUCommandEncoder.prototype.copyBufferToBuffer = function (this: GPUCommandEncoder, ...args: unknown[]) {
    traffic.bytes += 2 * (args.at(-1) as number);
    (copyBufferToBuffer as (...args: unknown[]) => void).apply(this, args);
  } as typeof copyBufferToBuffer;

  const { submit } = GPUQueue.prototype;
  GPUQueue.prototype.submit = function (buffers) {
    traffic.submits++;
    submit.call(this, buffers);
  };
}

/** What was counted since the last call. */
export function takeTraffic(): Traffic {
  const taken = { ...traffic };
  Object.assign(traffic, { dispatches: 0, bytes: 0, submits: 0, byLabel: {}, bytesByLabel: {} });
  return taken;
}
