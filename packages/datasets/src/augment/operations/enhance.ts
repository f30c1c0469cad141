import type { Operation } from './canvas';

// Each interpolates between a degraded image p and the image v: v ← p + factor·(v − p), clipped to 0 … 255. The factor 0 gives p,
// 1 gives the image, and more than 1 extrapolates. Computed in float32 and truncated, like the Python Imaging Library.

/** Interpolates with black. */
export const brightness: Operation = (image, factor) => {
  const table = blendTable(0, Math.fround(factor));
  for (let i = 0; i < image.length; i++) image[i] = table[image[i]!]!;
};

/** Interpolates with the mean brightness of the image. */
export const contrast: Operation = (image, factor) => {
  let sum = 0;
  for (let i = 0; i < image.length; i += 3) sum += luma(image, i);
  const table = blendTable(Math.floor(sum / (image.length / 3) + 0.5), Math.fround(factor));
  for (let i = 0; i < image.length; i++) image[i] = table[image[i]!]!;
};

/** Interpolates with the image in gray. */
export const color: Operation = (image, factor) => {
  const amount = Math.fround(factor);
  for (let i = 0; i < image.length; i += 3) {
    const gray = luma(image, i);
    for (let c = i; c < i + 3; c++) image[c] = blend(gray, image[c]!, amount);
  }
};

/** Interpolates with the image smoothed by [[1, 1, 1], [1, 5, 1], [1, 1, 1]]/13, except at the border. */
export const sharpness: Operation = (image, factor, { height, width, scratch: original }) => {
  const amount = Math.fround(factor);
  original.set(image);
  const row = 3 * width;
  for (let y = 1; y < height - 1; y++) {
    for (let i = y * row + 3, end = (y + 1) * row - 3; i < end; i++) {
      const center = original[i]!;
      const above = original[i - row - 3]! + original[i - row]! + original[i - row + 3]!;
      const middle = original[i - 3]! + 5 * center + original[i + 3]!;
      const below = original[i + row - 3]! + original[i + row]! + original[i + row + 3]!;
      image[i] = blend(Math.floor((above + middle + below) / 13 + 0.5), center, amount);
    }
  }
};

/** The brightness of the pixel at index i, rounded: 0.299·red + 0.587·green + 0.114·blue. */
const luma = (image: Uint8Array, i: number): number =>
  (image[i]! * 19595 + image[i + 1]! * 38470 + image[i + 2]! * 7471 + 0x8000) >> 16;

function blend(from: number, to: number, amount: number): number {
  const value = Math.fround(from + Math.fround(amount * (to - from)));
  return value <= 0 ? 0 : value >= 255 ? 255 : value | 0;
}

const blendTable = (from: number, amount: number): Uint8Array =>
  Uint8Array.from({ length: 256 }, (_, value) => blend(from, value, amount));
