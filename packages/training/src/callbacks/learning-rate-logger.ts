import { assertOptions, either, func, nonNegative, required, show } from '@tenfold/checks';
import { type Callback, named } from '../callback';
import { peek } from './peek';

export interface LearningRateLoggerOptions {
  /** The learning rate of the optimizer: a number, or the schedule, a function of the update that counts from 0. */
  learningRate: number | ((step: number) => number);
}

/**
 * Adds the learning rate to the `values` of the reports, where the loggers after it find it: of steps, and of epochs that of the last
 * step.
 *
 * @throws when learningRate is missing, or the schedule does not return a number
 * @example
 * const learningRate = cosineDecay({ peak: 0.1, totalSteps: 1000 });
 * const callbacks = [learningRateLogger({ learningRate }), csvLogger({ file: 'run.csv' })];
 * await fit(model, { ...options, optimizer: adam({ learningRate }), callbacks });
 */
export function learningRateLogger(options: LearningRateLoggerOptions): Callback {
  assertOptions('learningRateLogger', options, { learningRate: required(either(nonNegative, func)) });
  const { learningRate } = options;
  const rateAt = (step: number): number => {
    const rate: unknown = typeof learningRate === 'function' ? peek(learningRate, step) : learningRate;
    if (typeof rate === 'number') return rate;
    throw new Error(`learningRateLogger: learningRate(${step}) is ${show(rate)}; return a number`);
  };
  return named('learningRateLogger', ({ trainer }) => {
    // Schedules count the updates.
    const rateOf = (step: number) => rateAt(Math.floor((step - 1) / (trainer.accumulate ?? 1)));
    return {
      onStep({ step, values }) {
        values.learningRate = rateOf(step);
      },
      onEpoch({ values }) {
        values.learningRate = rateOf(trainer.stepCount);
      },
    };
  });
}
