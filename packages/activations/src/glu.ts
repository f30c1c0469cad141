import { gated } from './gated';
import { sigmoid } from './sigmoid';

/**
 * Gated linear unit: half of the entries, each scaled by the sigmoid of its partner in the other half.
 *
 * f(x) = a·σ(b); da = dy·σ(b), db = dy·a·σ(b)·(1 − σ(b)); a is the first half of x along the axis, b the second
 *
 * @param x rank 1 or more; values in ℝ
 * @returns the shape of x with half the length along the axis
 * @throws when x has no such axis, or its length is odd
 * @example
 * glu([1, 2, 0, 1]); // [0.5, 1.4621]
 * @see Dauphin et al., "Language Modeling with Gated Convolutional Networks", 2016, https://arxiv.org/abs/1612.08083, section 2
 */
export const glu = /* @__PURE__ */ gated('glu', sigmoid);
