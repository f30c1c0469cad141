import { assertArgument, assertOptions, positive, required } from '@tenfold/checks';
import { clipNorm } from './clip-by-global-norm';
import { mapGradients } from './map-gradients';
import { type Optimizer, optimizerKind } from './optimizer';

export interface ClipByNormOptions {
  /** c > 0, the largest norm of a gradient. */
  maxNorm: number;
}

/**
 * Wraps an optimizer to clip the gradient of each parameter by its norm.
 *
 * gᵢ ← gᵢ·c/max(‖gᵢ‖, c), with c = maxNorm
 *
 * The directions of the gradients stay, but not that of all of them together; see `clipByGlobalNorm`.
 *
 * @returns an optimizer with the state of the wrapped one
 * @throws when optimizer is not an optimizer, or maxNorm is out of range
 * @example
 * const optimizer = clipByNorm(sgd({ learningRate: 0.1 }), { maxNorm: 1 });
 * @see Pascanu, Mikolov, Bengio, "On the difficulty of training recurrent neural networks", 2012,
 *   https://arxiv.org/abs/1211.5063, section 3.2
 */
export function clipByNorm(optimizer: Optimizer, options: ClipByNormOptions): Optimizer {
  assertArgument('clipByNorm', 'optimizer', optimizer, optimizerKind);
  assertOptions('clipByNorm', options, { maxNorm: required(positive) });
  const { maxNorm } = options;
  return mapGradients('clipByNorm', optimizer, (g) => clipNorm({ g }, maxNorm).g!);
}
