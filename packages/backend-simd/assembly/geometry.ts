// How the pixels of an output depend on those of a source. The TypeScript side (src/convolution.ts) writes it.

@unmanaged
export class Geometry {
  /** The tensor that is read, [images, sourceHeight, sourceWidth, channels]. */
  sourceHeight: i32;
  sourceWidth: i32;
  channels: i32;
  /** Grid of output pixels that are computed, per image. */
  gridHeight: i32;
  gridWidth: i32;
  /** Grid point (y, x) reads around the source pixel (y * stepY + originY, x * stepX + originX). */
  stepY: i32;
  stepX: i32;
  originY: i32;
  originX: i32;
  /** The tensor that is written; grid point (y, x) is its pixel (y * outStepY + outOriginY, …). */
  outHeight: i32;
  outWidth: i32;
  outChannels: i32;
  outStepY: i32;
  outStepX: i32;
  outOriginY: i32;
  outOriginX: i32;
  /** Number of taps; their (dy, dx), offsets from the pixel read around, follow as pairs. */
  taps: i32;
}

/** Offset of the taps behind the fields. */
export const TAPS: usize = 17 * 4;
