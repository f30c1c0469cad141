import { either, func, nonNegative, oneOf, show, text } from '@tenfold/checks';
import type { CallbackContext } from './callback';
import type { EpochReport } from './epoch-report';

export interface MonitorOptions {
  /**
   * The value to monitor: 'loss' for the validation loss, the default; the name of a metric of the validation data; or a function
   * of the epoch's report.
   */
  metric?: string | ((report: EpochReport) => number);
  /** Whether smaller or larger values are better; 'min' by default for the loss, required for all other values. */
  mode?: 'min' | 'max';
}

export interface BestOptions extends MonitorOptions {
  /** The smallest improvement that counts, 0 by default. */
  minDelta?: number;
}

export const monitorKinds = { metric: either(text, func), mode: oneOf('min', 'max') };
export const bestKinds = { ...monitorKinds, minDelta: nonNegative };

/** Reads the monitored value of reports, as a number of which smaller ones are better. */
export interface Monitor {
  /** Throws unless the value will be in the reports. */
  start(context: CallbackContext): void;
  /** The value, negated for the mode 'max'. */
  read(report: EpochReport): number;
}

/**
 * @param name of the callback; starts errors
 */
export function createMonitor(name: string, { metric = 'loss', mode }: MonitorOptions): Monitor {
  if (mode === undefined && metric !== 'loss') {
    throw new Error(
      `${name}: mode is missing; give 'max' if a larger ${typeof metric === 'string' ? metric : 'value'} is better, 'min' if a smaller one is`,
    );
  }
  const sign = mode === 'max' ? -1 : 1;
  return {
    start({ validated }) {
      // A metric of several values has numbered names.
      const isKnown = (known: string) => metric === known || (metric as string).startsWith(`${known}.`);
      if (typeof metric !== 'string' || validated.some(isKnown)) return;
      throw new Error(
        validated.length === 0
          ? `${name}: there is no validation data; give validation, or monitor the training loss with metric: (report) => report.loss, mode: 'min'`
          : `${name}: there is no metric ${show(metric)}; monitor ${validated.join(' or ')}, or add it: metrics: { ${metric} }`,
      );
    },
    read(report) {
      if (typeof metric === 'function') {
        const value: unknown = metric(report);
        if (typeof value === 'number') return sign * value;
        throw new Error(`${name}: metric returned ${show(value)}; return a number`);
      }
      const { loss, metrics } = report.validation!;
      const value = metric === 'loss' ? loss : metrics[metric];
      if (value !== undefined) return sign * value;
      throw new Error(
        `${name}: there is no value ${show(metric)}; monitor one of ${Object.keys(metrics).join(', ')}`,
      );
    },
  };
}

/** Compares values with the best so far. */
export function createBest(minDelta = 0): (value: number) => boolean {
  let best = Number.POSITIVE_INFINITY;
  return (value) => {
    const isBetter = value < best - minDelta || (best === Number.POSITIVE_INFINITY && value < best);
    if (isBetter) best = value;
    return isBetter;
  };
}
