import { gated } from './gated';
import { gelu } from './gelu';

/**
 * Gated linear unit with GELU as its gate.
 *
 * f(x) = a·gelu(b); da = dy·gelu(b), db = dy·a·gelu'(b); a is the first half of x along the axis, b the second
 *
 * @param x rank 1 or more; values in ℝ
 * @returns the shape of x with half the length along the axis
 * @throws when x has no such axis, or its length is odd
 * @example
 * geglu([1, 2, 0, 1]); // [0, 1.6827]
 * @see Shazeer, "GLU Variants Improve Transformer", 2020, https://arxiv.org/abs/2002.05202, section 2
 */
export const geglu = /* @__PURE__ */ gated('geglu', gelu);
