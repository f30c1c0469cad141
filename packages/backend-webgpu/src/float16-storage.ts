import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { BackendCore } from './backend-core';
import type { Deferrals } from './deferrals';
import { toFloat32 } from './to-float32';

/** Where the values of a tensor lie that is stored in float16. */
class Float16Values {
  constructor(readonly storage: TensorInfo) {}
}

/**
 * Tensors that are stored in float16: a program writes their values, and programs read them. tfjs sees tensors of float32 all the
 * time: such a tensor becomes one when anything but {@link BackendCore.run} asks for its buffer or its values.
 */
export class Float16Storage {
  constructor(
    private readonly backend: BackendCore,
    private readonly deferrals: Deferrals,
  ) {}

  /** Has a new tensor be stored in float16 from now on. */
  store(info: TensorInfo): void {
    const { backend } = this;
    // The buffer of a tensor of half as many numbers, which is a multiple of four bytes.
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

  /** Where the values of a tensor lie if it is stored in float16. */
  of(info: Pick<TensorInfo, 'dataId'>): TensorInfo | undefined {
    const source = this.deferrals.of(info)?.source;
    return source instanceof Float16Values ? source.storage : undefined;
  }
}
