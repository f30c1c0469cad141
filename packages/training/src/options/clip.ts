import { assertOptions, positive } from '@tenfold/checks';
import { clipByGlobalNorm, clipByNorm, clipByValue, type Optimizer } from '@tenfold/optimizers';

export interface ClipOptions {
  /** The largest absolute value > 0 of an element; larger ones are set to it. */
  value?: number;
  /** The largest norm > 0 of the gradient of a parameter, each of which is scaled alone. */
  norm?: number;
  /** The largest norm > 0 of all gradients together, which are scaled by one factor. */
  globalNorm?: number;
}

export const clipKinds = { value: positive, norm: positive, globalNorm: positive };

/**
 * Wraps an optimizer to clip gradients: by value first, then each by its norm, then all by their norm.
 *
 * @param name of the function; starts errors
 */
export function clipGradients(name: string, optimizer: Optimizer, clip: ClipOptions): Optimizer {
  assertOptions(`${name}: clip`, clip, clipKinds);
  const { value, norm, globalNorm } = clip;
  if (value === undefined && norm === undefined && globalNorm === undefined) {
    throw new Error(`${name}: clip has no limit; give { value }, { norm } or { globalNorm }`);
  }
  // The outermost wrapper is the first.
  const together =
    globalNorm === undefined ? optimizer : clipByGlobalNorm(optimizer, { maxNorm: globalNorm });
  const each = norm === undefined ? together : clipByNorm(together, { maxNorm: norm });
  return value === undefined ? each : clipByValue(each, { maxValue: value });
}
