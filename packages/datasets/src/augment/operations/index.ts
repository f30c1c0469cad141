import type { Operation } from './canvas';
import { brightness, color, contrast, sharpness } from './enhance';
import { rotate, shearX, shearY, translateX, translateY } from './geometry';
import { autoContrast, equalize, invert, posterize, solarize } from './tone';

/** The operations of the policies, by name. Their results equal those of the Python Imaging Library. */
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

/** The largest magnitudes of the operations. */
export interface Ranges {
  /** Shear, in pixels per pixel. */
  shear: number;
  /** Translation, in pixels. */
  translate: number;
  /** Rotation, in degrees. */
  rotate: number;
  /** Deviation of brightness, color, contrast and sharpness from 1. */
  enhance: number;
  /** Number of bits that posterize removes. */
  posterize: number;
}

/**
 * The magnitude at a position on the scale of an operation.
 *
 * @param place from 0, the smallest effect, to 1
 * @param sign −1 or 1, for operations with a direction
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
