import { conv2d, type Layer, torchUniform, zeros } from '@tenfold/layers';

/** Height and width of a whitening filter, and how many there are. */
export const SIZE = 2;
export const FILTERS = 2 * SIZE * SIZE * 3;

/**
 * A convolution that decorrelates neighbouring pixels: 2×2 'valid' from 3 to 24 channels, its kernel frozen, its bias
 * trained from 0.
 *
 * @param filters [2, 2, 3, 24], from `whiteningKernel`; random without them
 */
export function whiten({ filters }: { filters?: Float32Array }): Layer {
  const size = SIZE * SIZE * 3 * FILTERS;
  if (filters && filters.length !== size) {
    throw new Error(
      `whiten: whitening has ${filters.length} values; give the ${size} of a kernel [2, 2, 3, 24], from whiteningKernel`,
    );
  }
  return conv2d({
    inChannels: 3,
    outChannels: FILTERS,
    kernelSize: SIZE,
    padding: 'valid',
    trainable: false,
    initializer: filters ? () => filters.slice() : torchUniform(),
    biasInitializer: zeros(),
  });
}
