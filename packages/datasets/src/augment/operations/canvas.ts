import { between, type Kind, listOf } from '@tenfold/checks';

/** A color, in bytes. */
export const fillKind: Kind = {
  expected: 'three numbers from 0 to 255',
  accepts: listOf(between(0, 255), 3).accepts,
};

/** The size of the images, and other inputs of an operation. */
export interface Canvas {
  readonly height: number;
  readonly width: number;
  /** The color outside of an image: red, green, blue. */
  readonly fill: readonly number[];
  /** A buffer for one image. */
  readonly scratch: Uint8Array;
}

/** Changes one image in place, bytes [height, width, 3]. The meaning of the magnitude depends on the operation. */
export type Operation = (image: Uint8Array, magnitude: number, canvas: Canvas) => void;

/**
 * Creates the canvas for the operations of an augmentation.
 *
 * @param caller name of the augmentation; starts errors
 * @throws when the images do not have three channels
 */
export function createCanvas(
  caller: string,
  { height, width, channels }: { height: number; width: number; channels: number },
  fill: readonly number[],
): Canvas {
  if (channels !== 3) {
    throw new Error(`${caller}: the images have ${channels} channels; give images of red, green and blue`);
  }
  return { height, width, fill, scratch: new Uint8Array(height * width * 3) };
}
