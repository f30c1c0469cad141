// How wide a panel of the packed operand B is.

/**
 * Columns of a panel: 8 for vectors of 128 bits. 16 in the wide variant, whose pairs of vectors V8 fuses to 256 bits when
 * it is told to; there as here eight accumulators of the width that is executed.
 */
export const PANEL: i32 = TENFOLD_WIDE ? 16 : 8;

/** How many panels n columns fill. */
// @ts-ignore: decorator
@inline
export function panelsOf(n: i32): i32 {
  return (n + PANEL - 1) / PANEL;
}
