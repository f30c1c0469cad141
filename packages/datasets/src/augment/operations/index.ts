import type { Operation } from './canvas';
import { brightness, color, contrast, sharpness } from './enhance';
import { rotate, shearX, shearY, translateX, translateY } from './geometry';
import { autoContrast, equalize, invert, posterize, solarize } from './tone';

/** What policies choose from, by name. Each gives the bytes of the Python Imaging Library. */
export const operations = {
  identity: () => {},
  autoContrast,
  brightness,
  color,
  contrast,
  equalize,
  invert,
  posterize,
  rotate,
  sharpness,
  shearX,
  shearY,
  solarize,
  translateX,
  translateY,
} satisfies { [name: string]: Operation };

export type OperationName = keyof typeof operations;

/** How far the scale of each operation goes. */
export interface Ranges {
  /** Sideways per pixel down. */
  shear: number;
  /** Pixels. */
  translate: number;
  /** Degrees. */
  rotate: number;
  /** Of brightness, color, contrast and sharpness away from 1. */
  enhance: number;
  /** Bits that go. */
  posterize: number;
}

/**
 * The magnitude at a place of an operation's scale.
 *
 * @param place from 0, where the operation does the least, to 1
 * @param sign −1 or 1, for the operations that go both ways
 */
export function magnitude(name: OperationName, place: number, sign: number, ranges: Ranges): number {
  switch (name) {
    case 'shearX':
    case 'shearY':
      return sign * place * ranges.shear;
    case 'translateX':
    case 'translateY':
      return sign * Math.floor(place * ranges.translate);
    case 'rotate':
      return sign * place * ranges.rotate;
    case 'brightness':
    case 'color':
    case 'contrast':
    case 'sharpness':
      return 1 + sign * place * ranges.enhance;
    case 'posterize':
      return 8 - Math.round(place * ranges.posterize);
    case 'solarize':
      return 255 * (1 - place);
    default:
      return 0;
  }
}
