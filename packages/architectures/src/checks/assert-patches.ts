import { assertSize, showOptions } from '@tenfold/checks';

/**
 * Throws unless images can be cut into patches.
 *
 * @param copies how many copies of a patch make a token
 * @returns the number of patches along a side
 */
export function assertPatches(
  name: string,
  options: object,
  sizes: { imageSize: number; patchSize: number; inChannels: number },
  copies = 1,
): number {
  const { imageSize, patchSize, inChannels } = sizes;
  const side = imageSize / patchSize;
  if (!Number.isInteger(side)) {
    throw new Error(
      `${name}: ${showOptions(options, { imageSize, patchSize })}; give a patchSize that divides imageSize`,
    );
  }
  const values = copies * patchSize ** 2 * inChannels;
  assertSize(name, options, { patchSize, inChannels }, 'the values of a token', values);
  assertSize(name, options, { imageSize, patchSize }, 'the number of tokens', side ** 2);
  return side;
}
