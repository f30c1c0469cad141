import type { backend_util, DataType, TensorInfo } from '@tensorflow/tfjs-core';

/** Whether a backend has been removed. */
export interface Life {
  isOver: boolean;
}

/**
 * The data of a tensor. The values start as tfjs's array and move into the arena when a wasm kernel first needs them. tfjs's CPU
 * kernels read `values` in both cases.
 */
export class TensorRecord {
  complexTensorInfos?: { real: TensorInfo; imag: TensorInfo };
  /** The address in the arena; 0 while the values are in a JavaScript array. */
  pointer = 0;
  bytes = 0;
  private stored: backend_util.BackendValues | undefined;

  constructor(
    private readonly memory: WebAssembly.Memory,
    /** The backend's. When it ends, so do the values of all its tensors, in the arena or not. */
    private readonly life: Life,
    public dtype: DataType,
    values: backend_util.BackendValues | undefined,
    public refCount: number,
  ) {
    this.stored = values;
  }

  /** @throws when they are lost */
  get values(): backend_util.BackendValues | undefined {
    if (this.life.isOver) {
      throw new Error(
        "simd backend: the values of this tensor were lost when the backend was removed; read what you need, for example by tensor.data(), before tf.removeBackend('simd')",
      );
    }
    // If the memory is not shared, growing it detaches all views.
    if (this.pointer !== 0 && (this.stored as Float32Array).buffer !== this.memory.buffer) this.view();
    return this.stored;
  }

  set values(values: backend_util.BackendValues | undefined) {
    this.stored = values;
  }

  /** Makes the values a view of the arena. */
  place(pointer: number, bytes: number): void {
    this.pointer = pointer;
    this.bytes = bytes;
    this.view();
  }

  /** Gives up the block in the arena, and the values with it. */
  release(): void {
    this.pointer = 0;
    this.stored = undefined;
  }

  private view(): void {
    const length = this.bytes / 4;
    const { buffer } = this.memory;
    this.stored =
      this.dtype === 'int32'
        ? new Int32Array(buffer, this.pointer, length)
        : new Float32Array(buffer, this.pointer, length);
  }
}
