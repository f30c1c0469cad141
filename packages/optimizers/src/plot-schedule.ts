import { assertOptions, between, callGiven, count, required } from '@tenfold/checks';
import { assertSchedule, type Schedule } from './schedule';

export interface PlotScheduleOptions {
  /** Number of steps that are drawn, an integer of at least 1. */
  steps: number;
  /** Columns of the curve, a number from 2 to 500; 60 by default. */
  width?: number | undefined;
  /** Lines of the curve, a number from 2 to 100; 8 by default. */
  height?: number | undefined;
}

const BLOCKS = ' ▁▂▃▄▅▆▇█';

/**
 * Draws a schedule as text: a bar for each column, from 0 to the largest value.
 *
 * @returns lines without a final line break: the curve with its largest value, and an axis from step 0 to the last
 * @throws when schedule is not a function, or an option is missing or out of range
 * @example
 * console.log(plotSchedule(cosineWarmRestarts({ peak: 0.1, period: 100, growth: 2 }), { steps: 700 }));
 */
export function plotSchedule(schedule: Schedule, options: PlotScheduleOptions): string {
  assertSchedule('plotSchedule', 'schedule', schedule);
  assertOptions('plotSchedule', options, {
    steps: required(count),
    width: between(2, 500),
    height: between(2, 100),
  });
  const { steps, width = 60, height = 8 } = options;
  const columns = Math.floor(width);
  const values = Array.from({ length: columns }, (_, i) =>
    callGiven(schedule, Math.round((i * (steps - 1)) / (columns - 1))),
  );
  const largest = Math.max(...values);
  const label = String(Number(largest.toPrecision(3)));
  const eighths = values.map((value) => (largest > 0 ? Math.round((value / largest) * height * 8) : 0));
  const lines = Array.from({ length: Math.floor(height) }, (_, line) => {
    const below = (Math.floor(height) - 1 - line) * 8;
    const bars = eighths.map((value) => BLOCKS[Math.min(8, Math.max(0, value - below))]).join('');
    return `${line === 0 ? label : ' '.repeat(label.length)} ┤${bars}`.trimEnd();
  });
  const last = String(steps - 1);
  const axis = `${' '.repeat(label.length)} 0${last.padStart(columns)}`;
  return [...lines, axis].join('\n');
}
