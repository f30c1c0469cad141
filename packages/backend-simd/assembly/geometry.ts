// How the pixels of an output depend on those of a source. Written by src/geometry.ts.

@unmanaged
export class Geometry {
  /** The source tensor, [images, sourceHeight, sourceWidth, channels]. */
  sourceHeight: i32;
  sourceWidth: i32;
  channels: i32;
  /** The grid of computed output pixels, per image. */
  gridHeight: i32;
  gridWidth: i32;
  /** The source pixel of grid point (y, x) is (y * stepY + originY, x * stepX + originX). */
  stepY: i32;
  stepX: i32;
  originY: i32;
  originX: i32;
  /** The output tensor; grid point (y, x) is its pixel (y * outStepY + outOriginY, …). */
  outHeight: i32;
  outWidth: i32;
  outChannels: i32;
  outStepY: i32;
  outStepX: i32;
  outOriginY: i32;
  outOriginX: i32;
  /** Number of taps. Their offsets (dy, dx) from the source pixel follow as pairs. */
  taps: i32;
}

/** Offset of the taps, after the fields. */
export const TAPS: usize = 17 * 4;
