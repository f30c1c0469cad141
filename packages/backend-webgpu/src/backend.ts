import {
  assertArgument,
  assertOptions,
  flag,
  func,
  type Kind,
  type Kinds,
  objectWith,
  text,
} from '@tenfold/checks';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { engine, type NumericDataType, type TensorInfo, type TypedArray, util } from '@tensorflow/tfjs-core';
import { assertShape } from './assert-shape';
import type { BackendCore } from './backend-core';
import { cacheBindGroups } from './bind-group-cache';
import { ConstantPool } from './constant-pool';
import { Deferrals } from './deferrals';
import type { WebgpuFailure } from './failure';
import { Float16Storage } from './float16-storage';
import { type Health, watchHealth } from './health';
import type { Program } from './program';
import { ProgramRunner } from './program-runner';
import { isSoftware } from './request-device';
import { Suballocation } from './suballocation';
import { TensorCleanup } from './tensor-cleanup';
import { bindSlices, cacheUniforms, createBinding, reuseBuffersWithinBatch } from './tfjs-internals';
import { toFloat32 } from './to-float32';

const BIND_GROUPS = 4096;
const UNIFORMS = 2048;
const CONSTANTS = 512;
/** The bytes of a vec4<f32>. */
const LARGEST_ELEMENT = 16;
const MEBIBYTE = 2 ** 20;

interface BackendOptions {
  /** The adapter's description, for messages. */
  description?: string;
  /** Whether to store activations of the forward pass in float16, see {@link storeActivation}; false by default. */
  float16?: boolean;
  /** Called when the backend is disposed; the device stays, since another backend may be created on it. */
  onDispose?: () => void;
}

const deviceKind: Kind = {
  ...objectWith(
    'a GPUDevice, such as registerWebgpu() gives the backend',
    'createBuffer',
    'createComputePipeline',
  ),
  required: true,
};
// An instance of a class of the browser or of Dawn, or an object with what it says.
const infoKind: Kind = {
  expected: "the adapter's info, a GPUAdapterInfo",
  accepts: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  required: true,
};
const optionKinds: Kinds<BackendOptions> = { description: text, float16: flag, onDispose: func };

type RunProgram = WebGPUBackend['runWebGPUProgram'];

/**
 * tfjs's WebGPU backend extended for training: intermediate buffers are reused within a batch of dispatches; bind groups,
 * uniforms and scalars are cached; device failures end in one error; and {@link run} runs kernels with several outputs.
 */
export class WebgpuBackend extends WebGPUBackend implements BackendCore {
  /** Tensors whose values are computed when they are first needed. */
  readonly deferrals: Deferrals;
  /** Tensors that are slices of another's buffer. */
  readonly suballocation: Suballocation;
  /** Tensors that are stored in float16. */
  readonly float16Storage: Float16Storage;
  /** Whether shaders are unrolled and products in large tiles: on GPUs, not on software adapters, see {@link repeat}. */
  readonly unrolls: boolean;
  private readonly programs: ProgramRunner;
  private readonly constants: ConstantPool;
  private readonly cleanup: TensorCleanup;
  private readonly health: Health;

  /** Whether activations of the forward pass are stored in float16. */
  readonly float16: boolean;
  private readonly onDispose: () => void;

  /** @throws when `device` is not a GPUDevice, or an option is unknown or out of its range */
  constructor(device: GPUDevice, info: GPUAdapterInfo, options: BackendOptions = {}) {
    assertArgument('WebgpuBackend', 'device', device, deviceKind);
    assertArgument('WebgpuBackend', 'info', info, infoKind);
    assertOptions('WebgpuBackend', options, optionKinds);
    const { description = 'the GPU', float16 = false, onDispose = () => {} } = options;
    super(device, info);
    this.float16 = float16;
    this.onDispose = onDispose;
    this.unrolls = !isSoftware(description);
    this.health = watchHealth(device, description);
    this.cleanup = new TensorCleanup((dataId) => {
      if (this.tensorMap.has(dataId)) this.disposeData(dataId, true);
    });
    this.deferrals = new Deferrals({
      incRef: (dataId) => this.incRef(dataId),
      release: (tensor) => this.release(tensor),
      isolate: (run) => this.cleanup.isolate(run),
    });
    this.suballocation = new Suballocation(this);
    this.float16Storage = new Float16Storage(this, this.deferrals);
    this.programs = new ProgramRunner(this, this.float16Storage);
    this.constants = new ConstantPool(device, CONSTANTS);
    cacheBindGroups(device, BIND_GROUPS);
    cacheUniforms(this, UNIFORMS);
    reuseBuffersWithinBatch(this);
    bindSlices(this, (dataId) => this.suballocation.of({ dataId })?.offset);
  }

  /** The first failure of the device, if any; later results are invalid. */
  get failure(): WebgpuFailure | undefined {
    return this.health.failure;
  }

  /**
   * A new float32 tensor.
   *
   * @throws the first failure of the device, or when a size is not an integer from 0
   */
  output(shape: number[]): TensorInfo {
    this.health.assert();
    return this.makeTensorInfo(shape, 'float32');
  }

  /** Runs a program on tensors stored as float32 or float16; nothing when it has no workgroups or all outputs are empty. */
  run(program: Program): void {
    this.health.assert();
    this.programs.run(program);
  }

  /** Runs a kernel; if it throws, the tensors that it created are disposed. */
  guard<R>(kernel: () => R): R {
    return this.cleanup.guard(kernel);
  }

  /** Releases a tensor that was kept with `incRef`. */
  release({ dataId }: TensorInfo): void {
    if (this.disposeData(dataId)) engine().removeDataId(dataId, this);
  }

  /** Whether a float tensor has integers in its buffer: tfjs casts to float32 by changing only the dtype. */
  holdsIntegers({ dataId, dtype }: TensorInfo): boolean {
    return dtype === 'float32' && this.tensorMap.get(dataId).dtype !== 'float32';
  }

  /** The tensor, or, if its buffer has integers, a new float tensor, which the caller disposes. */
  asFloats(info: TensorInfo): TensorInfo {
    if (!this.holdsIntegers(info)) return info;
    const { dataId, shape } = info;
    const out = this.output(shape);
    toFloat32(this, { dataId, shape, dtype: 'int32' }, 'i32', out);
    return out;
  }

  /** Whether its values are in JavaScript memory instead of on the GPU. */
  isOnCpu(info: TensorInfo): boolean {
    return !this.deferrals.of(info) && !this.tensorMap.get(info.dataId).resource;
  }

  /** The memory of a float32 or integer tensor, uploaded or computed if necessary. */
  binding(info: TensorInfo): GPUBufferBinding {
    this.uploadToGPU(info.dataId);
    return createBinding(this, info);
  }

  // Every new tensor comes through here, those of tfjs's kernels too.
  override write(...args: Parameters<WebGPUBackend['write']>): object {
    assertShape(args[1]);
    const dataId = super.write(...args);
    this.cleanup.add(dataId);
    return dataId;
  }

  override uploadToGPU(dataId: object): void {
    this.deferrals.compute(dataId);
    const data = this.tensorMap.get(dataId);
    if (data.resource) return;
    const size = util.sizeFromShape(data.shape);
    if (size === 0) {
      // A binding must not be empty. One buffer per tensor, because a program must not bind a buffer twice if it writes to it.
      const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
      data.resource = this.bufferManager.acquireBuffer(LARGEST_ELEMENT, usage);
      return;
    }
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
    if (force || this.refCount(dataId) <= 1) this.deferrals.discard(dataId);
    const gone = super.disposeData(dataId, force);
    if (gone) this.suballocation.discard(dataId);
    return gone;
  }

  override shouldExecuteOnCPU(inputs: TensorInfo[], sizeThreshold?: number): boolean {
    // tfjs takes a tensor without a buffer for one whose values are on the CPU. A deferred tensor is not, and asking
    // is no reason to compute it, nor to convert what is stored in float16.
    if (inputs.some((input) => this.deferrals.of(input))) return false;
    return super.shouldExecuteOnCPU(inputs, sizeThreshold);
  }

  override runWebGPUProgram(...args: Parameters<RunProgram>): ReturnType<RunProgram> {
    this.health.assert();
    return this.guard(() => super.runWebGPUProgram(...args));
  }

  override async read(dataId: object): ReturnType<WebGPUBackend['read']> {
    const empty = this.readEmpty(dataId);
    if (empty) return empty;
    this.deferrals.compute(dataId);
    try {
      const values = await this.suballocation.withOwnBuffer(dataId, (id) => super.read(id));
      if (this.suballocation.of({ dataId })) this.tensorMap.get(dataId).values = values;
      this.health.assert();
      // A copy: tfjs keeps what it has read, and the caller may write to it.
      return values.slice();
    } catch (error) {
      await this.health.settle();
      this.health.assert();
      throw error;
    }
  }

  override readSync(dataId: object): ReturnType<WebGPUBackend['readSync']> {
    const empty = this.readEmpty(dataId);
    if (empty) return empty;
    this.deferrals.compute(dataId);
    if (!this.tensorMap.get(dataId).values && typeof OffscreenCanvas === 'undefined') {
      throw new Error(
        'webgpu: a tensor on the GPU cannot be read synchronously here; use await tensor.data() instead of dataSync() or arraySync()',
      );
    }
    return this.suballocation.withOwnBuffer(dataId, (id) => super.readSync(id)).slice();
  }

  // An empty tensor, which no kernel has written, has no buffer.
  private readEmpty(dataId: object): TypedArray | undefined {
    const { shape, dtype } = this.tensorMap.get(dataId);
    return util.sizeFromShape(shape) === 0
      ? (util.getArrayFromDType(dtype as NumericDataType, 0) as TypedArray)
      : undefined;
  }

  override readToGPU(dataId: object): ReturnType<WebGPUBackend['readToGPU']> {
    this.deferrals.compute(dataId);
    return this.suballocation.withOwnBuffer(dataId, (id) => super.readToGPU(id));
  }

  override dispose(): void {
    this.deferrals.clear();
    this.constants.dispose();
    super.dispose();
    this.onDispose();
  }
}
