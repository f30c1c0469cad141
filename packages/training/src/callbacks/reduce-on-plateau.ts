import {
  assertOptions,
  either,
  func,
  index,
  nonNegative,
  oneOf,
  portion,
  required,
  show,
} from '@tenfold/checks';
import { type Callback, named } from '../callback';
import { createMonitor, type MonitorOptions, monitorKinds } from '../monitor';
import { PEEK } from './peek';

export interface ReduceOnPlateauOptions extends MonitorOptions {
  /** The learning rate before it is lowered: a number ≥ 0, or a schedule. */
  learningRate: number | ((step: number) => number);
  /** The factor in (0, 1] by which the learning rate is multiplied, 0.1 by default. */
  factor?: number;
  /** The number of epochs without improvement that are waited for; the next one lowers the learning rate. 10 by default. */
  patience?: number;
  /** The smallest improvement that counts, 1e-4 by default. */
  threshold?: number;
  /** Whether the threshold is a share of the best value or a difference, 'relative' by default. */
  thresholdMode?: 'relative' | 'absolute';
  /** The number of epochs after a reduction in which no others are counted, 0 by default. */
  cooldown?: number;
  /** The smallest learning rate, 0 by default. */
  minimum?: number;
  /** A reduction by less than this is not made, 1e-8 by default. */
  epsilon?: number;
}

/** A callback with the learning rate that it lowers. */
export interface PlateauCallback extends Callback {
  /** The schedule for the optimizer. */
  learningRate(step: number): number;
}

/**
 * Lowers the learning rate when a monitored value no longer improves. Give the optimizer its `learningRate`, and `fit` the callback.
 *
 * η ← max(factor·η, minimum) after more than `patience` epochs without an improvement: a value below best·(1 − threshold), or above
 * best·(1 + threshold) for the mode 'max'; best ∓ threshold for the threshold mode 'absolute'
 *
 * It keeps its state from one call of `train` to the next. As a schedule's factor it is at least minimum/η at any step.
 *
 * @returns a callback with a property `learningRate`, a function of the step
 * @throws when an option is wrong; `fit` and `train` throw when there is no validation data to monitor, or no such metric, or when
 *   the optimizer has not read the `learningRate` in the first epoch with an update
 * @example
 * const plateau = reduceOnPlateau({ learningRate: 0.1, patience: 3 });
 * await fit(model, { ...options, validation, optimizer: sgd({ learningRate: plateau.learningRate }), callbacks: [plateau] });
 * @see https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ReduceLROnPlateau.html
 */
export function reduceOnPlateau(options: ReduceOnPlateauOptions): PlateauCallback {
  assertOptions('reduceOnPlateau', options, {
    learningRate: required(either(nonNegative, func)),
    factor: portion,
    patience: index,
    threshold: nonNegative,
    thresholdMode: oneOf('relative', 'absolute'),
    cooldown: index,
    minimum: nonNegative,
    epsilon: nonNegative,
    ...monitorKinds,
  });
  const { learningRate, factor = 0.1, patience = 10, threshold = 1e-4, thresholdMode = 'relative' } = options;
  const { cooldown = 0, minimum = 0, epsilon = 1e-8, mode = 'min' } = options;
  const monitor = createMonitor('reduceOnPlateau', options);
  const sign = mode === 'max' ? -1 : 1;
  let best = sign * Infinity;
  let [bad, cooling, scale] = [0, 0, 1];
  const base = (step: number): number => {
    const rate: unknown = typeof learningRate === 'function' ? learningRate(step) : learningRate;
    if (typeof rate === 'number') return rate;
    throw new Error(`reduceOnPlateau: learningRate(${step}) is ${show(rate)}; return a number`);
  };
  const rateAt = (step: number) => {
    const rate = base(step);
    return scale === 1 ? rate : Math.max(scale * rate, Math.min(rate, minimum));
  };
  function isBetter(value: number): boolean {
    const margin = thresholdMode === 'absolute' ? threshold : best * threshold;
    if (mode === 'min') return value < best - (Number.isFinite(best) ? margin : 0);
    return value > best + (Number.isFinite(best) ? margin : 0);
  }
  let isRead = false;
  const schedule = (step: number) => {
    isRead = true;
    return rateAt(step);
  };
  const start: Callback = (context) => {
    monitor.start(context);
    const updates = () => Math.floor(context.trainer.stepCount / (context.trainer.accumulate ?? 1));
    const first = updates();
    return {
      onEpoch(report) {
        if (!isRead && updates() > first) {
          throw new Error(
            'reduceOnPlateau: the optimizer has not read its learning rate, so that lowering it would have no effect; give the optimizer { learningRate: plateau.learningRate }, and reduceOnPlateau a warm-up or another schedule as its learningRate',
          );
        }
        const value = sign * monitor.read(report);
        if (isBetter(value)) {
          best = value;
          bad = 0;
        } else bad++;
        if (cooling > 0) {
          cooling--;
          bad = 0;
        }
        if (bad <= patience) return;
        [bad, cooling] = [0, cooldown];
        const rate = rateAt(Math.max(0, updates() - 1));
        if (rate - Math.max(factor * rate, minimum) > epsilon) scale *= factor;
      },
    };
  };
  const advice =
    'as a schedule, give the optimizer { learningRate: plateau.learningRate }, and fit the callback';
  const callback = named('reduceOnPlateau', start, advice);
  return Object.assign(callback, { learningRate: Object.assign(schedule, { [PEEK]: rateAt }) });
}
