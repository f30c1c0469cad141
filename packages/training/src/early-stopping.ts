import {
  assertOptions,
  count,
  either,
  flag,
  func,
  nonNegative,
  oneOf,
  required,
  show,
  text,
} from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { EpochReport } from './epoch-report';
import type { StopRule } from './stop-rule';

export interface EarlyStoppingOptions {
  /** Number of consecutive epochs without improvement after which training stops. */
  patience: number;
  /**
   * The value to monitor: 'loss' for the validation loss, the default; the name of a metric of the validation data; or a function
   * of the epoch's report.
   */
  metric?: string | ((report: EpochReport) => number);
  /** Whether smaller or larger values are better; 'min' by default for the loss, required for all other values. */
  mode?: 'min' | 'max';
  /** The smallest improvement that counts, 0 by default. */
  minDelta?: number;
  /**
   * Whether to restore the parameters of the best epoch at the end, true by default. This keeps a second copy of the parameters in
   * memory. If training is aborted or fails, the current parameters are kept.
   */
  restoreBest?: boolean;
}

/**
 * Stops training when it no longer improves. Use it as the option `stop` of `fit` or `train`.
 *
 * @throws when an option is wrong; `fit` and `train` throw when there is no validation data to monitor, or no such metric
 * @example
 * await fit(model, { data, validation, stop: earlyStopping({ patience: 5 }), epochs: 100, ...rest });
 * earlyStopping({ metric: 'accuracy', mode: 'max', patience: 3 });
 * @see Prechelt, "Early Stopping — But When?", 1998, https://doi.org/10.1007/3-540-49430-8_3
 */
export function earlyStopping(options: EarlyStoppingOptions): StopRule {
  assertOptions('earlyStopping', options, {
    patience: required(count),
    metric: either(text, func),
    mode: oneOf('min', 'max'),
    minDelta: nonNegative,
    restoreBest: flag,
  });
  const { patience, metric = 'loss', minDelta = 0, restoreBest = true } = options;
  if (options.mode === undefined && metric !== 'loss') {
    throw new Error(
      `earlyStopping: mode is missing; give 'max' if a larger ${typeof metric === 'string' ? metric : 'value'} is better, 'min' if a smaller one is`,
    );
  }
  const sign = options.mode === 'max' ? -1 : 1;
  return ({ trainer, validated }) => {
    if (typeof metric === 'string') assertValidated(metric, validated);
    let best = Number.POSITIVE_INFINITY;
    let wait = 0;
    let saved: tf.NamedTensorMap | undefined;
    const forget = () => {
      if (saved) tf.dispose(saved);
      saved = undefined;
    };
    return {
      shouldStop(report) {
        if (restoreBest) assertAlive(trainer.model.parameters());
        const value = sign * readMetric(report, metric);
        if (value < best - minDelta || (best === Number.POSITIVE_INFINITY && value < best)) {
          best = value;
          wait = 0;
          if (restoreBest) {
            forget();
            // A clone shares its values until the next step assigns new ones to the variable.
            const clones = Object.entries(trainer.model.parameters()).map(
              ([name, variable]) => [name, tf.keep(tf.clone(variable))] as const,
            );
            saved = Object.fromEntries(clones);
          }
        } else wait++;
        return wait >= patience;
      },
      end(isOver) {
        if (isOver && saved) {
          for (const [name, variable] of Object.entries(trainer.model.parameters()))
            variable.assign(saved[name]!);
        }
        forget();
      },
    };
  };
}

function assertAlive(parameters: tf.NamedTensorMap): void {
  if (Object.values(parameters).every((variable) => !variable.isDisposed)) return;
  throw new Error('earlyStopping: the model is disposed; dispose it after training');
}

function readMetric(report: EpochReport, metric: string | ((report: EpochReport) => number)): number {
  if (typeof metric === 'function') {
    const value: unknown = metric(report);
    if (typeof value === 'number') return value;
    throw new Error(`earlyStopping: metric returned ${show(value)}; return a number`);
  }
  const { loss, metrics } = report.validation!;
  return metric === 'loss' ? loss : metrics[metric]!;
}

function assertValidated(metric: string, validated: readonly string[]): void {
  if (validated.includes(metric)) return;
  throw new Error(
    validated.length === 0
      ? `earlyStopping: there is no validation data; give validation, or monitor the training loss with metric: (report) => report.loss, mode: 'min'`
      : `earlyStopping: there is no metric ${show(metric)}; monitor ${validated.join(' or ')}, or add it: metrics: { ${metric} }`,
  );
}
