import { gated } from './gated';
import { silu } from './silu';

/**
 * Gated linear unit with SiLU (swish) as its gate, as in the feed-forward layers of LLaMA.
 *
 * f(x) = a·silu(b); da = dy·silu(b), db = dy·a·silu'(b); a is the first half of x along the axis, b the second
 *
 * @param x rank 1 or more; values in ℝ
 * @returns the shape of x with half the length along the axis
 * @throws when x has no such axis, or its length is odd
 * @example
 * swiglu([1, 2, 0, 1]); // [0, 1.4621]
 * @see Shazeer, "GLU Variants Improve Transformer", 2020, https://arxiv.org/abs/2002.05202, section 2
 */
export const swiglu = /* @__PURE__ */ gated('swiglu', silu);
