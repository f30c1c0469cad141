import { LruCache } from './lru-cache';

/** Buffers of scalars, one per value: the constants of formulas recur in every step and are uploaded only once. */
export class ConstantPool {
  private readonly buffers: LruCache<string, GPUBuffer>;

  /** @param capacity the number of buffers to keep */
  constructor(
    private readonly device: GPUDevice,
    capacity: number,
  ) {
    // An evicted buffer may still belong to a tensor; it is freed with the last of them.
    this.buffers = new LruCache(capacity);
  }

  /** The buffer of a value; it must not be written to. */
  get(dtype: 'float32' | 'int32', value: number): GPUBuffer {
    return this.buffers.getOrMake(`${dtype} ${Object.is(value, -0) ? '-0' : value}`, () => {
      const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
      const buffer = this.device.createBuffer({ size: 4, usage, mappedAtCreation: true });
      const range = buffer.getMappedRange();
      if (dtype === 'int32') new Int32Array(range)[0] = value;
      else new Float32Array(range)[0] = value;
      buffer.unmap();
      return buffer;
    });
  }

  dispose(): void {
    for (const buffer of this.buffers.clear()) buffer.destroy();
  }
}
