import type { Kind } from '@tenfold/checks';
import { conv2d, type Layer, torchUniform, zeros } from '@tenfold/layers';

/** Height and width of a whitening filter. */
export const WHITENING_SIZE = 2;

/** How many whitening filters there are: as many directions as a patch has numbers, each with both signs. */
export const whiteningFilters = (inChannels: number): number =>
  2 * WHITENING_SIZE * WHITENING_SIZE * inChannels;

/** The values of a kernel; of any realm, since a test environment may have a Float32Array that is not the engine's. */
export const whiteningValues: Kind = {
  expected: 'the Float32Array that computeWhiteningFilters gives',
  accepts: (value) => Object.prototype.toString.call(value) === '[object Float32Array]',
};

/**
 * A convolution that decorrelates neighboring pixels: 2×2 'valid' from inChannels to 8·inChannels channels, its kernel
 * frozen, its bias trained from 0.
 *
 * @param filters [2, 2, inChannels, 8·inChannels], from `computeWhiteningFilters`; random without them
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
