import type { Kernels } from '@tenfold/kernels';
import { type KernelConfig, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend';
import { floats } from './floats';
import { chooseGrain } from './grain';

/** The cost of an element, whose word is hashed twice. */
const WORK = 4;

/** inputs { x }, attrs { rate, key }: x with some elements set to 0 and the others scaled. It is also its own gradient. */
export const dropout: KernelConfig = {
  kernelName: 'Dropout',
  backendName: 'simd',
  kernelFunc: ({ inputs, backend, attrs }) => {
    const simd = backend as SimdBackend;
    const { x } = inputs as { x: TensorInfo };
    const { rate, key } = attrs as unknown as Kernels['Dropout']['attributes'];
    const from = floats(simd, 'Dropout', { x });
    const out = simd.output(x.shape);
    const size = util.sizeFromShape(x.shape);
    // A 24-bit fraction is below the rate if its 24 bits are below this integer.
    const threshold = Math.ceil(rate * 2 ** 24);
    simd.parallel(
      'dropout',
      [from.x, simd.pointer(out), ...key, threshold, 1 / (1 - rate)],
      size,
      chooseGrain(simd, size, WORK),
    );
    return out;
  },
};
