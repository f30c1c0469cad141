import { expect, it } from 'vitest';
import { packRecords, unpackRecords } from './records';

it('writes the label first, then a plane for each channel', () => {
  const pixels = Uint8Array.from({ length: 2 * 3072 }, (_, i) => i % 251);
  const records = packRecords(pixels, [7, 3]);
  expect(records).toHaveLength(2 * 3073);
  expect([records[0], records[3073]]).toEqual([7, 3]);
  // Pixel 5 of image 1: its red, green and blue values are a plane apart.
  for (const c of [0, 1, 2]) expect(records[3073 + 1 + c * 1024 + 5]).toBe(pixels[3072 + 3 * 5 + c]);
});

it('restores the images from records, part by part', () => {
  const pixels = Uint8Array.from({ length: 3 * 3072 }, (_, i) => Math.imul(i, 77777) >>> 9);
  const parts = {
    a: packRecords(pixels.subarray(0, 3072), [1]),
    b: packRecords(pixels.subarray(3072), [2, 3]),
  };
  const declared = Object.entries(parts).map(([file, { length }]) => ({ file, bytes: length, sha256: '' }));
  const set = unpackRecords(declared, (file) => parts[file as 'a' | 'b']);
  expect(set).toMatchObject({ count: 3, height: 32, width: 32, channels: 3 });
  expect([...set.labels]).toEqual([1, 2, 3]);
  expect(Buffer.compare(set.images, pixels)).toBe(0);
});
