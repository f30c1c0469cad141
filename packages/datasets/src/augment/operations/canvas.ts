import { between, type Kind, listOf } from '@tenfold/checks';

/** A color, in bytes. */
export const fillKind: Kind = {
  expected: 'three numbers from 0 to 255',
  accepts: listOf(between(0, 255), 3).accepts,
};

/** The size of the images that an operation changes, and what it needs besides them. */
export interface Canvas {
  readonly height: number;
  readonly width: number;
  /** What comes in from outside an image: red, green, blue. */
  readonly fill: readonly number[];
  /** Room for one image. */
  readonly scratch: Uint8Array;
}

/** Changes one image in place, bytes [height, width, 3]; what the magnitude means is the operation's. */
export type Operation = (image: Uint8Array, magnitude: number, canvas: Canvas) => void;

/**
 * Makes room for an augmentation's operations.
 *
 * @param caller the augmentation's name; error messages begin with it
 * @throws when the images do not have three channels
 */
export function canvasOf(
  caller: string,
  { height, width, channels }: { height: number; width: number; channels: number },
  fill: readonly number[],
): Canvas {
  if (channels !== 3) {
    throw new Error(`${caller}: the images have ${channels} channels; give images of red, green and blue`);
  }
  return { height, width, fill, scratch: new Uint8Array(height * width * 3) };
}
