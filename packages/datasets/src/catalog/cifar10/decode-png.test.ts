import { deflateSync } from 'node:zlib';
import { encode } from 'fast-png';
import { expect, it } from 'vitest';
import { decodePng } from './decode-png';

const size = { width: 7, height: 6 };
const pixels = Uint8Array.from({ length: 7 * 6 * 3 }, (_, i) => Math.imul(i + 1, 40503) >>> 7);

/** A PNG with these chunks. Checksums are not verified, because the decoded data are compared with a digest. */
function encodePng(...chunks: [type: string, data: Uint8Array][]): Uint8Array<ArrayBuffer> {
  const parts = chunks.map(([type, data]) => {
    const chunk = Buffer.alloc(12 + data.length);
    chunk.writeUInt32BE(data.length);
    chunk.write(type, 4, 'latin1');
    chunk.set(data, 8);
    return chunk;
  });
  return Uint8Array.from(Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), ...parts]));
}
const header = (width = 7, height = 6, rest = [8, 2, 0, 0, 0]) => {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width);
  data.writeUInt32BE(height, 4);
  data.set(rest, 8);
  return ['IHDR', data] as [string, Uint8Array];
};
const end = ['IEND', new Uint8Array(0)] as [string, Uint8Array];

/** The lines of `pixels`, line y with filter y mod 5. */
function filtered(): Buffer {
  const lines = Buffer.alloc(6 * 22);
  for (let y = 0; y < 6; y++) {
    lines[y * 22] = y % 5;
    for (let i = 0; i < 21; i++) {
      const at = (row: number, column: number) => (row < 0 || column < 0 ? 0 : pixels[row * 21 + column]!);
      const [a, b, c] = [at(y, i - 3), at(y - 1, i), at(y - 1, i - 3)];
      const p = a + b - c;
      const near = [a, b, c].reduce((best, v) => (Math.abs(p - v) < Math.abs(p - best) ? v : best));
      lines[y * 22 + 1 + i] = at(y, i) - [0, a, b, Math.floor((a + b) / 2), near][y % 5]!;
    }
  }
  return lines;
}

it('decodes images that a library has encoded', async () => {
  const png = Uint8Array.from(encode({ ...size, channels: 3, data: pixels }));
  expect(await decodePng(png, size)).toEqual(pixels);
});

it('undoes each of the five filters, and accepts data in several chunks', async () => {
  const data = deflateSync(filtered());
  const png = encodePng(
    header(),
    ['tEXt', new Uint8Array(9)],
    ['IDAT', data.subarray(0, 20)],
    ['IDAT', data.subarray(20)],
    end,
  );
  expect(await decodePng(png, size)).toEqual(pixels);
});

const data = (bytes: Uint8Array) => ['IDAT', deflateSync(bytes)] as [string, Uint8Array];
it.each<[string, Uint8Array<ArrayBuffer>, RegExp]>([
  ['no PNG', new Uint8Array(100), /^it is not a PNG$/],
  ['a cut one', encodePng(header(), data(filtered()), end).subarray(0, 70), /^it ends early$/],
  ['one without an end', encodePng(header(), data(filtered())), /^it ends early$/],
  [
    'another size',
    encodePng(header(7, 6_000_000), end),
    /^it is 7 x 6000000 with 8 bits.*expected 7 x 6 with/,
  ],
  ['16 bits', encodePng(header(7, 6, [16, 2, 0, 0, 0]), end), /it is 7 x 6 with 16 bits/],
  ['interlacing', encodePng(header(7, 6, [8, 2, 0, 0, 1]), end), /interlacing 1/],
  ['too few pixels', encodePng(header(), data(filtered().subarray(22)), end), /^it has 110 bytes of pixels/],
  [
    'pixels without an end',
    encodePng(header(), data(Buffer.alloc(3e8)), end),
    /^it unpacks to more than 132 bytes/,
  ],
  ['an unknown filter', encodePng(header(), data(Buffer.alloc(132, 9)), end), /unknown filter 9/],
  ['damaged data', encodePng(header(), ['IDAT', new Uint8Array(50).fill(7)], end), /./],
])('rejects %s', async (_, png, message) => {
  await expect(decodePng(png, size)).rejects.toThrow(message);
});

it('unpacks a malicious file only up to the expected number of pixels', async () => {
  const png = encodePng(header(), data(Buffer.alloc(3e8)), ['iCCP', deflateSync(Buffer.alloc(3e8))], end);
  const before = process.memoryUsage().rss;
  await expect(decodePng(png, size)).rejects.toThrow('unpacks to more');
  expect(process.memoryUsage().rss - before).toBeLessThan(1e8);
});
