// The width of a panel of the packed operand B.

/**
 * The number of columns of a panel: 8 for vectors of 128 bits, 16 in the wide variant, whose pairs of vectors V8 can fuse to 256
 * bits. Both have eight accumulators of the executed width.
 */
export const PANEL: i32 = TENFOLD_WIDE ? 16 : 8;

/** The number of panels for n columns. */
// @ts-ignore: decorator
@inline
export function countPanels(n: i32): i32 {
  return (n + PANEL - 1) / PANEL;
}
