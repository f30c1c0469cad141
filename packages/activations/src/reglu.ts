import { gated } from './gated';
import { relu } from './relu';

/**
 * Gated linear unit with ReLU as its gate.
 *
 * f(x) = a·relu(b); da = dy·relu(b), db = dy·a where b > 0, 0 elsewhere; a is the first half of x along the axis, b the second
 *
 * @param x rank 1 or more; values in ℝ
 * @returns the shape of x with half the length along the axis
 * @throws when x has no such axis, or its length is odd
 * @example
 * reglu([1, 2, -3, 1]); // [0, 2]
 * @see Shazeer, "GLU Variants Improve Transformer", 2020, https://arxiv.org/abs/2002.05202, section 2
 */
export const reglu = /* @__PURE__ */ gated('reglu', relu);
