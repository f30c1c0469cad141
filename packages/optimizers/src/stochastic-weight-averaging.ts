import { assertArgument, assertOptions, count, index } from '@tenfold/checks';
import { averaged } from './exponential-moving-average';
import { type Optimizer, optimizerKind } from './optimizer';

export interface StochasticWeightAveragingOptions {
  /** The first step after which parameters are averaged, an integer of at least 0; 0 by default. */
  start?: number | undefined;
  /** The number of steps between the averaged points, such as those of an epoch or a cycle, an integer of at least 1; 1 by default. */
  every?: number | undefined;
}

/**
 * Wraps an optimizer to keep the mean of the parameters at regular intervals (SWA), which finds wider minima than the final
 * parameters.
 *
 * θ̄ ← θ̄ + (θ − θ̄)/(n + 1) after the steps start, start + every, …, where n counts the earlier ones; before, θ̄ is θ
 *
 * The mean is the slot 'average' of the state, as that of `exponentialMovingAverage`: that of a frozen parameter does not change. Use a constant or cyclic learning rate from the
 * start on. Running statistics of batch norms have to be computed again for the mean.
 *
 * @returns an optimizer with the slot 'average' and the slots of the wrapped one
 * @throws when optimizer is not an optimizer, or an option is unknown or out of range; `init` throws when the optimizer already keeps
 *   an average
 * @example
 * const optimizer = stochasticWeightAveraging(sgd({ learningRate: 0.05, momentum: 0.9 }), { start: 6000, every: 390 });
 * @see Izmailov et al., "Averaging Weights Leads to Wider Optima and Better Generalization", 2018,
 *   https://arxiv.org/abs/1803.05407, algorithm 1
 */
export function stochasticWeightAveraging(
  optimizer: Optimizer,
  options: StochasticWeightAveragingOptions = {},
): Optimizer {
  assertArgument('stochasticWeightAveraging', 'optimizer', optimizer, optimizerKind);
  assertOptions('stochasticWeightAveraging', options, { start: index, every: count });
  const { start = 0, every = 1 } = options;
  return averaged('stochasticWeightAveraging', optimizer, (step) => {
    if (step < start) return 0;
    const n = (step - start) / every;
    return Number.isInteger(n) ? n / (n + 1) : 1;
  });
}
