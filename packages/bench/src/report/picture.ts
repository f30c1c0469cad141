import { fromBase64, toBase64 } from '../base64';

const SIDE = 32;

/** An image as a PNG in a data URI. @param pixels base64 of [32, 32, 3] bytes */
export async function pictureUri(pixels: string): Promise<string> {
  const { encode } = await import('fast-png');
  const data = fromBase64(pixels);
  const png = encode({ width: SIDE, height: SIDE, data, channels: 3 });
  return `data:image/png;base64,${toBase64(png)}`;
}
