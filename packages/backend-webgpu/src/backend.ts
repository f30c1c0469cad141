import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { engine, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { cacheBindGroups } from './bind-group-cache';
import { ConstantPool } from './constant-pool';
import type { WebgpuFailure } from './failure';
import { type Health, healthOf } from './health';
import { groupsFor, type Program, shaderOf, u32 } from './program';
import {
  bindingOf,
  bindParts,
  cacheUniforms,
  record,
  recordCopy,
  reuseBuffersWithinBatch,
  uniformBuffer,
} from './tfjs-internals';

const BIND_GROUPS = 4096;
const UNIFORMS = 2048;
const CONSTANTS = 512;
const THREADS = 64;
const MEBIBYTE = 2 ** 20;

/** A computation that waits until somebody needs its result. */
export interface Deferred {
  /** Computes the tensor, after having said so to {@link WebgpuBackend.settle}. */
  compute: () => void;
  /** Called once, when the tensor is settled or disposed. */
  release: () => void;
  /** Whose result it is. */
  owner: object;
}

/** Where the values of a tensor lie that has no buffer of its own. */
export interface Part {
  whole: TensorInfo;
  /** In bytes. */
  offset: number;
}

type RunProgram = WebGPUBackend['runWebGPUProgram'];

/**
 * tfjs's WebGPU backend made fit for training: intermediate buffers are used again within a batch of dispatches; bind
 * groups, uniforms and scalars are cached; failures of the device end in one error; and kernels of several outputs can
 * be run with {@link run}.
 */
export class WebgpuBackend extends WebGPUBackend {
  private readonly pipelines = new Map<string, GPUComputePipeline>();
  private readonly constants: ConstantPool;
  private readonly deferred = new Map<object, Deferred>();
  private readonly parts = new WeakMap<object, Part>();
  private readonly halves = new WeakMap<object, TensorInfo>();
  private readonly health: Health;
  /** Whether shaders are written out where they could loop: everywhere but on SwiftShader, see {@link repeat}. */
  readonly unrolls: boolean;

  /**
   * @param description of the adapter, for messages
   * @param float16 whether activations of the forward pass are kept in float16, see {@link runForward}
   */
  constructor(
    device: GPUDevice,
    info: GPUAdapterInfo,
    description = 'the GPU',
    readonly float16 = false,
  ) {
    super(device, info);
    this.unrolls = !/swiftshader/i.test(description);
    this.health = healthOf(device, description);
    this.constants = new ConstantPool(device, CONSTANTS);
    cacheBindGroups(device, BIND_GROUPS);
    cacheUniforms(this, UNIFORMS);
    reuseBuffersWithinBatch(this);
    bindParts(this, (dataId) => this.parts.get(dataId)?.offset);
  }

  /** What the device failed by, if it did: nothing that it computes counts any more. */
  get failure(): WebgpuFailure | undefined {
    return this.health.failure;
  }

  /** A new float32 tensor. */
  output(shape: number[]): TensorInfo {
    return this.makeTensorInfo(shape, 'float32');
  }

  /** Runs a program on tensors of either kind, float32 or float16; nothing when it has no workgroups. */
  run(given: Program): void {
    this.health.assert();
    const { inputs, outputs, uniforms = {}, groups } = given;
    if (groups.some((count) => count === 0)) return;
    const buffers = Object.entries({ ...inputs, ...outputs });
    const float16 = buffers.filter(([, info]) => this.halves.has(info.dataId)).map(([name]) => name);
    const name = float16.length > 0 ? `${given.name}, float16 ${float16.join(' ')}` : given.name;
    const converted: TensorInfo[] = [];
    const asFloats = (info: TensorInfo): TensorInfo => {
      if (!this.holdsIntegers(info)) return info;
      converted.push(this.floatsOf(info));
      return converted.at(-1)!;
    };
    const tensors = [...Object.values(inputs).map(asFloats), ...Object.values(outputs)];
    const resources = tensors.map((info) => this.eitherBinding(info));
    let pipeline = this.pipelines.get(name);
    if (!pipeline) {
      const module = this.device.createShaderModule({ label: name, code: shaderOf({ ...given, float16 }) });
      pipeline = this.device.createComputePipeline({
        label: name,
        layout: 'auto',
        compute: { module, entryPoint: 'main' },
      });
      this.pipelines.set(name, pipeline);
    }
    const values = Object.values(uniforms);
    if (values.length > 0) {
      const typed = values.map(({ type, value }) => ({ type: TFJS_TYPES[type], data: [value] }));
      resources.push({ buffer: uniformBuffer(this, typed) });
    }
    const bindGroup = this.device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: resources.map((resource, binding) => ({ binding, resource })),
    });
    record(this, name, pipeline, bindGroup, groups);
    for (const { dataId } of converted) this.disposeData(dataId);
  }

  /** Whether a tensor of floats has integers in its buffer: tfjs casts to float32 by the name of the type alone. */
  holdsIntegers({ dataId, dtype }: TensorInfo): boolean {
    return dtype === 'float32' && this.tensorMap.get(dataId).dtype !== 'float32';
  }

  private floatsOf({ dataId, shape }: TensorInfo): TensorInfo {
    const out = this.output(shape);
    const count = util.sizeFromShape(shape);
    this.run({
      name: 'floats of integers',
      inputs: { x: { dataId, shape, dtype: 'int32' } },
      outputs: { out },
      types: { x: 'i32' },
      uniforms: { count: u32(count) },
      threads: THREADS,
      groups: groupsFor(Math.ceil(count / THREADS)),
      body: () => `
  let i = block * ${THREADS}u + lane;
  if (i < uniforms.count) { store_out(i, f32(load_x(i))); }`,
    });
    return out;
  }

  /** What a program binds for a tensor: its halves where there are some. */
  private eitherBinding(info: TensorInfo): GPUBufferBinding {
    return this.binding(this.halves.get(info.dataId) ?? info);
  }

  /** The memory of a tensor of float32 or integers, uploaded or computed if it is not there yet. */
  private binding(info: TensorInfo): GPUBufferBinding {
    this.uploadToGPU(info.dataId);
    return bindingOf(this, info);
  }

  /**
   * Makes a tensor a part of another's buffer, which lives as long as it has parts. Kernels bind the part; it is read-only
   * for them, as every tensor is once it is computed.
   *
   * @param info a tensor that has no values yet
   * @param offset in bytes, a multiple of the device's `minStorageBufferOffsetAlignment`
   */
  placeIn({ dataId }: TensorInfo, { whole, offset }: Part): void {
    this.uploadToGPU(whole.dataId);
    this.incRef(whole.dataId);
    const data = this.tensorMap.get(dataId);
    data.resource = this.tensorMap.get(whole.dataId).resource;
    // Not to be given to another tensor when this one is disposed.
    data.external = true;
    this.parts.set(dataId, { whole, offset });
  }

  /** Where a tensor lies that is a part of another. */
  partOf({ dataId }: TensorInfo): Part | undefined {
    return this.parts.get(dataId);
  }

  /** Copies a tensor of floats to a place within another's buffer, without a dispatch. */
  copyTo({ whole, offset }: Part, from: TensorInfo): void {
    const floats = this.holdsIntegers(from) ? this.floatsOf(from) : undefined;
    const bytes = 4 * util.sizeFromShape(from.shape);
    recordCopy(this, this.binding(floats ?? from), this.binding(whole).buffer, offset, bytes);
    if (floats) this.disposeData(floats.dataId);
  }

  /** Copies a place within another's buffer to a tensor of floats, without a dispatch. */
  copyFrom({ whole, offset }: Part, to: TensorInfo): void {
    const from = this.binding(whole);
    const bytes = 4 * util.sizeFromShape(to.shape);
    const start = (from.offset ?? 0) + offset;
    recordCopy(this, { buffer: from.buffer, offset: start }, this.binding(to).buffer, 0, bytes);
  }

  /** Runs something on a tensor that has a buffer of its own: the given one, or a copy if it is a part of another. */
  private withOwnBuffer<R>(dataId: object, run: (dataId: object) => R): R {
    if (!this.parts.has(dataId) || this.tensorMap.get(dataId).values) return run(dataId);
    const { shape, dtype } = this.tensorMap.get(dataId);
    const copy = this.makeTensorInfo(shape, dtype);
    this.copyTo({ whole: copy, offset: 0 }, { dataId, shape, dtype });
    const result = run(copy.dataId);
    const done = () => this.disposeData(copy.dataId);
    if (result instanceof Promise) result.then(done, done);
    else done();
    return result;
  }

  /** Has a tensor computed when it is first read or used, or never if it is disposed before. */
  defer({ dataId }: TensorInfo, deferred: Deferred): void {
    this.health.assert();
    this.deferred.set(dataId, deferred);
  }

  /** What the tensor still waits for, if it does. */
  deferredOf({ dataId }: TensorInfo): Deferred | undefined {
    return this.deferred.get(dataId);
  }

  /** Whether its values are in JavaScript's memory and not on the GPU. */
  isOnCpu({ dataId }: TensorInfo): boolean {
    return !this.deferred.has(dataId) && !this.tensorMap.get(dataId).resource;
  }

  /**
   * Has a new tensor be float16 from now on: a program writes its values, and programs read them. tfjs sees a tensor of
   * float32 all the time: it becomes one when anything but {@link run} asks for its buffer or its values.
   */
  halve(info: TensorInfo): void {
    const { dataId, shape } = info;
    const size = util.sizeFromShape(shape);
    // The buffer of a tensor of half as many numbers, which is a multiple of four bytes.
    const halves = this.output([Math.ceil(size / 2)]);
    this.halves.set(dataId, halves);
    this.defer(info, {
      compute: () => this.widen(info, halves),
      release: () => {
        this.halves.delete(dataId);
        this.disposeData(halves.dataId);
      },
      owner: halves,
    });
  }

  /** Where the values of a tensor lie that is float16. */
  halvesOf({ dataId }: TensorInfo): TensorInfo | undefined {
    return this.halves.get(dataId);
  }

  private widen(info: TensorInfo, halves: TensorInfo): void {
    this.incRef(halves.dataId);
    this.settle(info);
    const count = util.sizeFromShape(info.shape);
    this.run({
      name: 'floats of halves',
      inputs: { x: halves },
      outputs: { out: info },
      types: { x: 'f16' },
      uniforms: { count: u32(count) },
      threads: THREADS,
      groups: groupsFor(Math.ceil(count / THREADS)),
      body: () => `
  let i = block * ${THREADS}u + lane;
  if (i < uniforms.count) { store_out(i, f32(load_x(i))); }`,
    });
    this.disposeData(halves.dataId);
  }

  /** Gives up a tensor that was kept with `incRef`. */
  release({ dataId }: TensorInfo): void {
    if (this.disposeData(dataId)) engine().removeDataId(dataId, this);
  }

  /** The tensor no longer waits: what computes it is about to be run. */
  settle({ dataId }: TensorInfo): void {
    const deferred = this.deferred.get(dataId);
    this.deferred.delete(dataId);
    deferred?.release();
  }

  private computeDeferred(dataId: object): void {
    const deferred = this.deferred.get(dataId);
    deferred?.compute();
  }

  override uploadToGPU(dataId: object): void {
    this.computeDeferred(dataId);
    const data = this.tensorMap.get(dataId);
    if (data.resource) return;
    const size = util.sizeFromShape(data.shape);
    const { values, dtype } = data;
    if (size === 1 && values && (dtype === 'float32' || dtype === 'int32')) {
      data.resource = this.constants.get(dtype, values[0] as number);
      // Shared: tfjs must not give it to another tensor when this one is disposed.
      data.external = true;
      return;
    }
    this.assertFits(size * 4, data.shape);
    super.uploadToGPU(dataId);
  }

  private assertFits(bytes: number, shape: number[]): void {
    const { maxStorageBufferBindingSize, maxBufferSize } = this.device.limits;
    if (bytes <= Math.min(maxStorageBufferBindingSize, maxBufferSize)) return;
    const inMebibytes = (n: number) => `${Math.ceil((n / MEBIBYTE) * 10) / 10} MiB`;
    throw new Error(
      `webgpu: a tensor of shape [${shape}] takes ${inMebibytes(bytes)}, but this device binds at most ${inMebibytes(maxStorageBufferBindingSize)} (maxStorageBufferBindingSize) in buffers of at most ${inMebibytes(maxBufferSize)} (maxBufferSize); use a smaller batch`,
    );
  }

  override disposeData(dataId: object, force = false): boolean {
    const deferred = this.deferred.get(dataId);
    if (deferred && (force || this.refCount(dataId) <= 1)) {
      this.deferred.delete(dataId);
      deferred.release();
    }
    const part = this.parts.get(dataId);
    const gone = super.disposeData(dataId, force);
    if (gone && part) {
      this.parts.delete(dataId);
      this.disposeData(part.whole.dataId);
    }
    return gone;
  }

  override shouldExecuteOnCPU(inputs: TensorInfo[], sizeThreshold?: number): boolean {
    // tfjs takes a tensor without a buffer for one whose values are on the CPU. What waits is none, and asking is no
    // reason to compute it, nor to widen what is float16.
    if (inputs.some(({ dataId }) => this.deferred.has(dataId))) return false;
    return super.shouldExecuteOnCPU(inputs, sizeThreshold);
  }

  override runWebGPUProgram(...args: Parameters<RunProgram>): ReturnType<RunProgram> {
    this.health.assert();
    return super.runWebGPUProgram(...args);
  }

  override async read(dataId: object): ReturnType<WebGPUBackend['read']> {
    this.computeDeferred(dataId);
    try {
      const values = await this.withOwnBuffer(dataId, (id) => super.read(id));
      if (this.parts.has(dataId)) this.tensorMap.get(dataId).values = values;
      this.health.assert();
      return values;
    } catch (error) {
      await this.health.settle();
      this.health.assert();
      throw error;
    }
  }

  override readSync(dataId: object): ReturnType<WebGPUBackend['readSync']> {
    this.computeDeferred(dataId);
    if (!this.tensorMap.get(dataId).values && typeof OffscreenCanvas === 'undefined') {
      throw new Error(
        'webgpu: a tensor on the GPU cannot be read synchronously here; use await tensor.data() instead of dataSync() or arraySync()',
      );
    }
    return this.withOwnBuffer(dataId, (id) => super.readSync(id));
  }

  override readToGPU(dataId: object): ReturnType<WebGPUBackend['readToGPU']> {
    this.computeDeferred(dataId);
    return this.withOwnBuffer(dataId, (id) => super.readToGPU(id));
  }

  override dispose(): void {
    this.constants.dispose();
    super.dispose();
  }
}

const TFJS_TYPES = { u32: 'uint32', i32: 'int32', f32: 'float32' } as const;
