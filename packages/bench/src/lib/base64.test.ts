import { expect, it } from 'vitest';
import { fromBase64, toBase64 } from './base64';

it.each([0, 1, 2, 3, 4095, 4096, 4097, 100_000])(
  '%s bytes are as Node writes them, and come back',
  (length) => {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 37) % 256);
    expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
    expect(fromBase64(toBase64(bytes))).toEqual(bytes);
  },
);
