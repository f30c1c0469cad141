import { concat } from '../../fetching/download';
import { inflate } from '../../fetching/inflate';

const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];
const CHANNELS = 3;

/**
 * Decodes a non-interlaced PNG of a known size with 8 bits of red, green and blue. Existing libraries do not limit the memory that a
 * malicious file can fill; this decoder unpacks only the expected number of pixels.
 *
 * @returns [height, width, 3]
 * @throws when the image has another form or is damaged
 * @see https://www.w3.org/TR/png-3/, sections 5 and 9
 */
export async function decodePng(
  png: Uint8Array<ArrayBuffer>,
  { width, height }: { width: number; height: number },
): Promise<Uint8Array<ArrayBuffer>> {
  if (!SIGNATURE.every((byte, i) => png[i] === byte)) throw new Error('it is not a PNG');
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const data: Uint8Array[] = [];
  for (let at = SIGNATURE.length, type = ''; type !== 'IEND'; ) {
    if (at + 12 > png.length) throw new Error('it ends early');
    const length = view.getUint32(at);
    type = String.fromCharCode(...png.subarray(at + 4, at + 8));
    if (at + 12 + length > png.length) throw new Error('it ends early');
    if (type === 'IHDR') checkHeader(view, at + 8, width, height);
    if (type === 'IDAT') data.push(png.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  const stride = width * CHANNELS;
  const lines = await inflate(concat(data), 'deflate', height * (1 + stride));
  if (lines.length !== height * (1 + stride)) throw new Error(`it has ${lines.length} bytes of pixels`);
  const pixels = new Uint8Array(height * stride);
  for (let y = 0; y < height; y++) unfilter(lines, y * (1 + stride), pixels, y * stride, stride, y > 0);
  return pixels;
}

function checkHeader(view: DataView, at: number, width: number, height: number): void {
  const found = [view.getUint32(at), view.getUint32(at + 4), ...[8, 9, 12].map((i) => view.getUint8(at + i))];
  const expected = [width, height, 8, 2, 0];
  if (found.join() === expected.join()) return;
  const [w, h, bits, colors, interlacing] = found;
  throw new Error(
    `it is ${w} x ${h} with ${bits} bits, color type ${colors} and interlacing ${interlacing}, ` +
      `expected ${width} x ${height} with 8 bits, color type 2 and no interlacing`,
  );
}

/** Undoes the filter of one line: each byte is stored as its difference from a prediction by its neighbors. */
function unfilter(
  lines: Uint8Array,
  from: number,
  pixels: Uint8Array,
  to: number,
  stride: number,
  hasAbove: boolean,
): void {
  const filter = lines[from]!;
  for (let i = 0; i < stride; i++) {
    const left = i < CHANNELS ? 0 : pixels[to + i - CHANNELS]!;
    const above = hasAbove ? pixels[to + i - stride]! : 0;
    const corner = hasAbove && i >= CHANNELS ? pixels[to + i - stride - CHANNELS]! : 0;
    pixels[to + i] = lines[from + 1 + i]! + predict(filter, left, above, corner);
  }
}

function predict(filter: number, left: number, above: number, corner: number): number {
  switch (filter) {
    case 0:
      return 0;
    case 1:
      return left;
    case 2:
      return above;
    case 3:
      return (left + above) >> 1;
    case 4:
      return paeth(left, above, corner);
    default:
      throw new Error(`it has a line with the unknown filter ${filter}`);
  }
}

function paeth(left: number, above: number, corner: number): number {
  const estimate = left + above - corner;
  const [a, b, c] = [Math.abs(estimate - left), Math.abs(estimate - above), Math.abs(estimate - corner)];
  return a <= b && a <= c ? left : b <= c ? above : corner;
}
