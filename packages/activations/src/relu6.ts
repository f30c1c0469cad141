import { type ActivationFunction, elementwise } from './elementwise';
import { clip, where, within } from './piecewise';

/**
 * Rectified linear unit that is clipped at 6, for arithmetic of low precision.
 *
 * relu6(x) = min(max(x, 0), 6); relu6'(x) = 1 where 0 < x < 6, 0 elsewhere
 *
 * @param x any shape; values in ℝ
 * @returns the shape of x; values in [0, 6]
 * @example
 * relu6([-1, 2, 8]); // [0, 2, 6]
 * @see Howard et al., "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision Applications", 2017,
 * https://arxiv.org/abs/1704.04861
 */
export const relu6: ActivationFunction = /* @__PURE__ */ elementwise('relu6', {
  value: (x) => clip(x, 0, 6),
  gradient: (dy, x) => where(within(x, 0, 6), dy),
  keeps: 'x',
});
