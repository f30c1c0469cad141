import { show } from '@tenfold/checks';
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { backend_util, type DataId, type DataType, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { Arguments, KernelName } from './arguments';
import { assertShape } from './assert-shape';
import { SCRATCH } from './layout';
import type { Pointer } from './pointer';
import type { Kernel } from './pool';
import { getRuntime, type Runtime, releaseRuntime } from './runtime';
import { isMarked, mark } from './shared';
import { type Life, TensorRecord } from './tensor-record';

/**
 * The backend. Its tensors are those of tfjs's CPU backend and move into wasm memory on demand, so that wasm kernels and tfjs's CPU
 * kernels work on the same tensors.
 */
export class SimdBackend extends MathBackendCPU {
  private static nextId = 0;
  readonly runtime: Runtime;
  private readonly lifted = new Set<TensorRecord>();
  private readonly finalizers: FinalizationRegistry<TensorRecord>;
  /** The tensors that the running kernel has allocated, to be released if it throws. */
  private readonly allocated: DataId[] = [];
  private readonly retained: DataId[] = [];
  private readonly temporaries = new Map<Pointer, number>();
  private running = false;
  private readonly life: Life = { isOver: false };

  /** @throws when `runtime` is not one; tf.setBackend('simd') makes the backend with its own */
  constructor(runtime: Runtime = getRuntime()) {
    super();
    assertRuntime(runtime);
    mark(this, 'SimdBackend');
    this.runtime = runtime;
    // If a tensor is not disposed but garbage-collected, its block in the arena is released here.
    this.finalizers = new FinalizationRegistry((record) => this.free(record));
  }

  /** Includes instances of the class from another copy of this package. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return isMarked(value, 'SimdBackend');
  }

  override write(values: backend_util.BackendValues, _shape: number[], dtype: DataType): DataId {
    const dataId = { id: SimdBackend.nextId++ };
    // Within a kernel dtype may be wrong; `settle` compares it with the result's before it converts typed arrays.
    const typed = this.running && isView(values) ? values : asTyped(values, dtype);
    this.data.set(dataId, this.record(typed, dtype, 1));
    if (this.running) this.allocated.push(dataId);
    return dataId;
  }

  override move(
    dataId: DataId,
    values: backend_util.BackendValues,
    shape: number[],
    dtype: DataType,
    refCount: number,
  ): void {
    const isComplex = dtype === 'complex64';
    const record = this.record(isComplex ? undefined : asTyped(values, dtype), dtype, refCount);
    // A complex tensor is two tensors here; another backend gives the pairs of its numbers.
    if (isComplex) record.complexTensorInfos = this.parts(values as Float32Array, shape);
    this.data.set(dataId, record);
  }

  override readSync(dataId: DataId): backend_util.BackendValues {
    const { values, complexTensorInfos } = this.data.get(dataId) as TensorRecord;
    // Copied, because the caller may change the values or keep them after the tensor's block is reused.
    return complexTensorInfos ? super.readSync(dataId) : (values as Float32Array).slice();
  }

  override incRef(dataId: DataId): void {
    super.incRef(dataId);
    if (this.running) this.retained.push(dataId);
  }

  override disposeData(dataId: DataId, force = false): boolean {
    if (!this.data.has(dataId)) return true;
    if (this.retained.length > 0) this.forgetRetained(dataId);
    const record = this.data.get(dataId) as TensorRecord;
    const gone = super.disposeData(dataId, force);
    if (gone && record.pointer !== 0) {
      this.finalizers.unregister(record);
      this.free(record);
    }
    return gone;
  }

  override dispose(): void {
    for (const record of [...this.lifted]) {
      this.finalizers.unregister(record);
      this.free(record);
    }
    this.life.isOver = true;
    releaseRuntime(this.runtime);
  }

  override memory(): { unreliable: boolean; reasons: string[]; arenaBytes: number; arenaPeakBytes: number } {
    const { live, peak } = this.runtime.arena;
    return { ...super.memory(), arenaBytes: live, arenaPeakBytes: peak };
  }

  /**
   * The address of a float32 or int32 tensor in wasm memory. Moves the tensor there if necessary.
   *
   * @throws for other dtypes: bool has one byte per element, complex64 and string have no array.
   */
  pointer(info: TensorInfo): Pointer {
    const record = this.data.get(info.dataId) as TensorRecord;
    if (record.pointer === 0) this.lift(info.dataId, record);
    return record.pointer as Pointer;
  }

  /**
   * Creates an uninitialized tensor in wasm memory.
   *
   * @throws when a size is not an integer from 0
   */
  output(shape: number[], dtype: 'float32' | 'int32' = 'float32'): TensorInfo {
    assertShape(shape);
    const dataId = { id: SimdBackend.nextId++ };
    const record = new TensorRecord(this.runtime.memory, this.life, dtype, undefined, 1);
    this.place(dataId, record, util.sizeFromShape(shape) * 4);
    this.data.set(dataId, record);
    if (this.running) this.allocated.push(dataId);
    return { dataId, shape, dtype };
  }

  /** Allocates working memory for a kernel, to be freed with {@link release}. */
  temporary(bytes: number): Pointer {
    const pointer = this.runtime.arena.allocate(bytes) as Pointer;
    if (this.running) this.temporaries.set(pointer, bytes);
    return pointer;
  }

  release(pointer: Pointer, bytes: number): void {
    this.temporaries.delete(pointer);
    this.runtime.arena.release(pointer, bytes);
  }

  /**
   * Gives a kernel's result an array of its dtype, which wasm reads and programs receive. tfjs's CPU backend converts whatever it
   * reads, so its kernels may store other arrays: the indexes of MaxPoolWithArgmax, which are int32, as float32.
   *
   * @returns the result, or a tensor in its place
   * @throws when there is no conversion
   */
  settle(info: TensorInfo): TensorInfo {
    const { dataId, dtype } = info;
    const record = this.data.get(dataId) as TensorRecord;
    if (record.dtype === dtype) {
      if (record.pointer === 0 && record.values) record.values = asTyped(record.values, dtype);
      return info;
    }
    if (!isNumeric(record.dtype) || !isNumeric(dtype)) {
      throw new Error(
        `simd backend: a kernel returns a tensor of type ${record.dtype} as ${dtype}; there is no conversion`,
      );
    }
    // A new tensor, because an input may share the data: to cast to a wider type, tfjs's kernel only renames it.
    const converted = this.makeTensorInfo(info.shape, dtype, asTyped(record.values!, dtype) as Float32Array);
    this.disposeData(dataId);
    return converted;
  }

  /** Runs a kernel. If it throws, for example when the memory is exhausted, releases what it has allocated. */
  guard<T>(kernel: () => T): T {
    if (this.running) return kernel(); // a kernel within another: the outer one cleans up
    this.running = true;
    try {
      return kernel();
    } catch (error) {
      this.running = false;
      for (const [pointer, bytes] of this.temporaries) this.runtime.arena.release(pointer, bytes);
      for (const dataId of this.retained.splice(0)) super.decRef(dataId);
      for (const dataId of this.allocated) this.disposeData(dataId, true);
      throw error;
    } finally {
      this.running = false;
      this.allocated.length = 0;
      this.retained.length = 0;
      this.temporaries.clear();
    }
  }

  /**
   * Runs the wasm kernel `name(...values, first, last, scratch)` over all items [0, items), on all threads in tasks of
   * `grain` items, or on this thread if that is one task.
   */
  parallel<K extends KernelName>(name: K, values: Arguments<K>, items: number, grain: number): void {
    const { pool, kernels } = this.runtime;
    if (pool) pool.run(name, values, items, grain);
    else if (items > 0) (kernels[name] as Kernel)(...values, 0, items, SCRATCH);
  }

  private forgetRetained(dataId: DataId): void {
    const index = this.retained.lastIndexOf(dataId);
    if (index >= 0) this.retained.splice(index, 1);
  }

  private parts(values: Float32Array, shape: number[]): { real: TensorInfo; imag: TensorInfo } {
    const { real, imag } = backend_util.splitRealAndImagArrays(values);
    const keep = (part: Float32Array): TensorInfo => {
      const dataId = { id: SimdBackend.nextId++ };
      this.data.set(dataId, this.record(part, 'float32', 1));
      return { dataId, shape, dtype: 'float32' };
    };
    return { real: keep(real), imag: keep(imag) };
  }

  private record(
    values: backend_util.BackendValues | undefined,
    dtype: DataType,
    refCount: number,
  ): TensorRecord {
    // CPU kernels may return views of another tensor's values, whose block may be reused before this tensor is disposed.
    const { memory } = this.runtime;
    const owned = isView(values) && isWasmBuffer(values.buffer, memory) ? values.slice() : values;
    return new TensorRecord(memory, this.life, dtype, owned, refCount);
  }

  private lift(dataId: DataId, record: TensorRecord): void {
    const { dtype, values } = record;
    if (dtype !== 'float32' && dtype !== 'int32') {
      throw new Error(
        `simd backend: a tensor of type ${dtype} cannot be in wasm memory; expected float32 or int32`,
      );
    }
    const source = values as Float32Array;
    this.place(dataId, record, source.length * 4);
    (record.values as Float32Array).set(source);
  }

  private place(dataId: DataId, record: TensorRecord, bytes: number): void {
    record.place(this.runtime.arena.allocate(bytes), bytes);
    this.lifted.add(record);
    this.finalizers.register(dataId, record, record);
  }

  private free(record: TensorRecord): void {
    if (!this.lifted.delete(record)) return;
    this.runtime.arena.release(record.pointer, record.bytes);
    record.release();
  }
}

function assertRuntime(runtime: Runtime): void {
  if (runtime?.memory instanceof WebAssembly.Memory && runtime.arena && runtime.kernels) return;
  throw new Error(
    `SimdBackend: runtime is ${show(runtime)}; leave it out, or give the runtime of another SimdBackend. To set the number of threads, call configureSimd`,
  );
}

const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array };

const isNumeric = (dtype: DataType): dtype is keyof typeof arrays => dtype in arrays;

/** Converts plain arrays, which tfjs allows, and arrays of another type: all kernels support the array of the dtype. */
function asTyped(values: backend_util.BackendValues, dtype: DataType): backend_util.BackendValues {
  if (!values || !isNumeric(dtype) || values instanceof arrays[dtype]) return values;
  return util.toTypedArray(values as Float32Array, dtype);
}

function isView(values: unknown): values is Float32Array | Int32Array | Uint8Array {
  return ArrayBuffer.isView(values);
}

function isWasmBuffer(buffer: ArrayBufferLike, memory: WebAssembly.Memory): boolean {
  return (
    buffer === memory.buffer ||
    (typeof SharedArrayBuffer !== 'undefined' && buffer instanceof SharedArrayBuffer)
  );
}
