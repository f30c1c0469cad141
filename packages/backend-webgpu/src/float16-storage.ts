import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { BackendCore } from './backend-core';
import type { Deferrals } from './deferrals';
import { toFloat32 } from './to-float32';

/** The place of the values of a tensor stored in float16. */
class Float16Values {
  constructor(readonly storage: TensorInfo) {}
}

/**
 * Tensors stored in float16: programs write and read their values. To tfjs they are always float32 tensors: such a tensor is
 * converted when anything but {@link BackendCore.run} requests its buffer or its values.
 */
export class Float16Storage {
  constructor(
    private readonly backend: BackendCore,
    private readonly deferrals: Deferrals,
  ) {}

  /** Stores a new tensor in float16. */
  store(info: TensorInfo): void {
    const { backend } = this;
    // The buffer of a tensor with half as many numbers, whose size is a multiple of four bytes.
    const storage = backend.output([Math.ceil(util.sizeFromShape(info.shape) / 2)]);
    this.deferrals.defer({
      inputs: { storage },
      outputs: [info],
      run: () => toFloat32(backend, storage, 'f16', info),
      source: new Float16Values(storage),
    });
    // What waits keeps it now.
    backend.disposeData(storage.dataId);
  }

  /** The place of a tensor's values if it is stored in float16. */
  of(info: Pick<TensorInfo, 'dataId'>): TensorInfo | undefined {
    const source = this.deferrals.of(info)?.source;
    return source instanceof Float16Values ? source.storage : undefined;
  }
}
