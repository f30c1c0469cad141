import type { AnyPixels } from './augmentation';

/** Swaps left and right of an image [height, width, channels] in place. */
export function mirror(image: AnyPixels, height: number, width: number, channels: number): void {
  const row = width * channels;
  for (let y = 0; y < height; y++) {
    let left = y * row;
    let right = left + row - channels;
    for (; left < right; right -= 2 * channels) {
      for (let c = 0; c < channels; c++, left++, right++) {
        const swap = image[left]!;
        image[left] = image[right]!;
        image[right] = swap;
      }
    }
  }
}
