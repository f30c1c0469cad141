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
  /** How many epochs in a row may be no better than the best one. */
  patience: number;
  /**
   * What is watched: 'loss', the validation loss, by default; the name of a metric of the validation data; or a function
   * of the epoch's report.
   */
  metric?: string | ((report: EpochReport) => number);
  /** Whether smaller or larger is better; 'min' by default for the loss, and to be given for everything else. */
  mode?: 'min' | 'max';
  /** By how much an epoch has to be better to count, 0 by default. */
  minDelta?: number;
  /**
   * Whether the model ends with the parameters of its best epoch, true by default; they are kept besides the current ones. A
   * training that is aborted or fails ends with the current ones.
   */
  restoreBest?: boolean;
}

/**
 * Ends a training that does not get better: a value for the option `stop` of `fit` and `train`.
 *
 * @throws when a training has no validation data to watch, or its reports lack the metric
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
      `earlyStopping: mode is missing; give 'max' where a larger ${typeof metric === 'string' ? metric : 'value'} is better, 'min' where a smaller one is`,
    );
  }
  const sign = options.mode === 'max' ? -1 : 1;
  return ({ trainer, validated }) => {
    if (typeof metric === 'string') assertValidated(metric, validated);
    let best = Number.POSITIVE_INFINITY;
    let wait = 0;
    let kept: tf.NamedTensorMap | undefined;
    const forget = () => {
      if (kept) tf.dispose(kept);
      kept = undefined;
    };
    return {
      shouldStop(report) {
        const value = sign * watchedValue(report, metric);
        if (value < best - minDelta || (best === Number.POSITIVE_INFINITY && value < best)) {
          best = value;
          wait = 0;
          if (restoreBest) {
            forget();
            kept = {};
            // Not copies: the variables leave these values to them with the next step.
            for (const [name, variable] of Object.entries(trainer.model.parameters())) {
              kept[name] = tf.keep(tf.clone(variable));
            }
          }
        } else wait++;
        return wait >= patience;
      },
      end(isOver) {
        if (isOver && kept) {
          for (const [name, variable] of Object.entries(trainer.model.parameters()))
            variable.assign(kept[name]!);
        }
        forget();
      },
    };
  };
}

function watchedValue(report: EpochReport, metric: string | ((report: EpochReport) => number)): number {
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
      ? `earlyStopping: there is no validation data to watch; give validation, or watch the training loss: metric: (report) => report.loss, mode: 'min'`
      : `earlyStopping: there is no metric ${show(metric)}; give ${validated.join(' or ')}`,
  );
}
