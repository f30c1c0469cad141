import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { BackendCore } from './backend-core';
import { recordCopy } from './tfjs-internals';

/** The place of a tensor that is a slice of a shared buffer. */
export interface BufferSlice {
  /** The tensor that owns the buffer. */
  whole: TensorInfo;
  /** In bytes. */
  offset: number;
}

/**
 * Tensors that are slices of another's buffer, which lives as long as it has slices. Kernels bind the slice; it is read-only
 * for them, as every tensor is once it is computed.
 */
export class Suballocation {
  private readonly slices = new WeakMap<object, BufferSlice>();

  constructor(private readonly backend: BackendCore) {}

  /**
   * Makes a tensor a slice of another's buffer.
   *
   * @param info a tensor that has no values yet
   * @param slice whose offset is a multiple of the device's `minStorageBufferOffsetAlignment`
   */
  place({ dataId }: TensorInfo, slice: BufferSlice): void {
    const { backend } = this;
    const { whole } = slice;
    backend.uploadToGPU(whole.dataId);
    backend.incRef(whole.dataId);
    const data = backend.tensorMap.get(dataId);
    data.resource = backend.tensorMap.get(whole.dataId).resource;
    // The buffer must not be reused when this tensor is disposed.
    data.external = true;
    this.slices.set(dataId, slice);
  }

  /** The place of a tensor that is a slice; undefined for others. */
  of({ dataId }: Pick<TensorInfo, 'dataId'>): BufferSlice | undefined {
    return this.slices.get(dataId);
  }

  /** Copies a tensor of floats into a slice, without a dispatch. */
  copyTo({ whole, offset }: BufferSlice, from: TensorInfo): void {
    const { backend } = this;
    const floats = backend.asFloats(from);
    const bytes = 4 * util.sizeFromShape(from.shape);
    recordCopy(backend, backend.binding(floats), backend.binding(whole).buffer, offset, bytes);
    if (floats !== from) backend.disposeData(floats.dataId);
  }

  /** Copies a slice to a tensor of floats, without a dispatch. */
  copyFrom({ whole, offset }: BufferSlice, to: TensorInfo): void {
    const from = this.backend.binding(whole);
    const bytes = 4 * util.sizeFromShape(to.shape);
    const start = (from.offset ?? 0) + offset;
    recordCopy(
      this.backend,
      { buffer: from.buffer, offset: start },
      this.backend.binding(to).buffer,
      0,
      bytes,
    );
  }

  /** Runs a function on a tensor with a whole buffer: the given one, or a copy if it is a slice. */
  withOwnBuffer<R>(dataId: object, run: (dataId: object) => R): R {
    const { backend } = this;
    if (!this.slices.has(dataId) || backend.tensorMap.get(dataId).values) return run(dataId);
    const { shape, dtype } = backend.tensorMap.get(dataId);
    const copy = backend.makeTensorInfo(shape, dtype);
    const done = () => backend.disposeData(copy.dataId);
    let result: R;
    try {
      this.copyTo({ whole: copy, offset: 0 }, { dataId, shape, dtype });
      result = run(copy.dataId);
    } catch (error) {
      done();
      throw error;
    }
    if (result instanceof Promise) result.then(done, done);
    else done();
    return result;
  }

  /** Releases a slice that was disposed. */
  discard(dataId: object): void {
    const slice = this.slices.get(dataId);
    if (!slice) return;
    this.slices.delete(dataId);
    this.backend.disposeData(slice.whole.dataId);
  }
}
