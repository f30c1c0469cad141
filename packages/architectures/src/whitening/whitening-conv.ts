import type { Kind } from '@tenfold/checks';
import { conv2d, type Layer, torchUniform, zeros } from '@tenfold/layers';

/** Height and width of a whitening filter. */
export const WHITENING_SIZE = 2;

/** The number of whitening filters: one per value of a patch, with both signs. */
export const whiteningFilters = (inChannels: number): number =>
  2 * WHITENING_SIZE * WHITENING_SIZE * inChannels;

/** The values of a kernel. Checked by tag, because test runners may have a separate Float32Array class in each realm. */
export const whiteningValues: Kind = {
  expected: 'a Float32Array from computeWhiteningFilters',
  accepts: (value) => Object.prototype.toString.call(value) === '[object Float32Array]',
};

/**
 * A convolution that decorrelates neighboring pixels: 2×2 'valid' from inChannels to 8·inChannels channels, with a frozen kernel
 * and a bias that starts at 0 and is trained.
 *
 * @param filters [2, 2, inChannels, 8·inChannels] from `computeWhiteningFilters`; random by default
 */
export function whiteningConv(name: string, inChannels: number, filters?: Float32Array): Layer {
  const outChannels = whiteningFilters(inChannels);
  const size = WHITENING_SIZE * WHITENING_SIZE * inChannels * outChannels;
  if (filters && filters.length !== size) {
    throw new Error(
      `${name}: whitening has ${filters.length} values; give the ${size} of a kernel [2, 2, ${inChannels}, ${outChannels}], from computeWhiteningFilters`,
    );
  }
  return conv2d({
    inChannels,
    outChannels,
    kernelSize: WHITENING_SIZE,
    padding: 'valid',
    trainable: false,
    initializer: filters ? () => filters.slice() : torchUniform(),
    biasInitializer: zeros(),
  });
}
