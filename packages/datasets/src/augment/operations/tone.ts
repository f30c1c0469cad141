import type { Operation } from './canvas';

/** v ← 255 − v */
export const invert: Operation = (image) => {
  for (let i = 0; i < image.length; i++) image[i] = 255 - image[i]!;
};

/** v ← 255 − v where v is at least the threshold. */
export const solarize: Operation = (image, threshold) => {
  for (let i = 0; i < image.length; i++) if (image[i]! >= threshold) image[i] = 255 - image[i]!;
};

/** Keeps the highest of the 8 bits. */
export const posterize: Operation = (image, bits) => {
  const mask = 0xff & ~(2 ** (8 - bits) - 1);
  for (let i = 0; i < image.length; i++) image[i]! &= mask;
};

/** Stretches each channel so that its darkest value becomes 0 and its brightest 255. */
export const autoContrast: Operation = (image) => {
  const table = new Uint8Array(256);
  for (let channel = 0; channel < 3; channel++) {
    let [low, high] = [255, 0];
    for (let i = channel; i < image.length; i += 3) {
      if (image[i]! < low) low = image[i]!;
      if (image[i]! > high) high = image[i]!;
    }
    if (high <= low) continue;
    const scale = 255 / (high - low);
    const offset = -low * scale;
    for (let v = low; v <= high; v++) table[v] = Math.min(255, Math.max(0, v * scale + offset));
    replace(image, channel, table);
  }
};

/** Equalizes the histogram of each channel. */
export const equalize: Operation = (image) => {
  const counts = new Uint32Array(256);
  const table = new Uint8Array(256);
  for (let channel = 0; channel < 3; channel++) {
    counts.fill(0);
    let brightest = 0;
    for (let i = channel; i < image.length; i += 3) {
      const value = image[i]!;
      counts[value]!++;
      if (value > brightest) brightest = value;
    }
    const step = Math.floor((image.length / 3 - counts[brightest]!) / 255);
    if (step === 0) continue;
    for (let v = 0, below = step >> 1; v <= brightest; below += counts[v++]!) {
      table[v] = Math.min(255, below / step);
    }
    replace(image, channel, table);
  }
};

function replace(image: Uint8Array, channel: number, table: Uint8Array): void {
  for (let i = channel; i < image.length; i += 3) image[i] = table[image[i]!]!;
}
