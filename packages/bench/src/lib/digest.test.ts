import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { digest } from './digest';

it('is the sha256 of bytes, of a part of a buffer, and of text as UTF-8', async () => {
  const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');
  const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
  for (const data of [bytes, bytes.subarray(10, 20), new Uint8Array(), '', 'ä€😀']) {
    expect(await digest(data)).toBe(sha256(data));
  }
});
