import { fromBase64, toBase64 } from '../../lib/base64';

/** The pixels of a PNG. */
export interface PictureData {
  /** Base64 of [height, width, channels] bytes. */
  pixels: string;
  height: number;
  width: number;
  channels: 1 | 3;
}

/** An image as a PNG in a data URI. */
export async function pictureUri({ pixels, height, width, channels }: PictureData): Promise<string> {
  const { encode } = await import('fast-png');
  const png = encode({ width, height, data: fromBase64(pixels), channels });
  return `data:image/png;base64,${toBase64(png)}`;
}
