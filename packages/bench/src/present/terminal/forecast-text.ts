import { clock, flop, rate, seconds } from '../../lib/format';
import type { RunEvent } from '../../results/run-events';
import { trainingText } from '../../results/training';
import { renderText, type Table } from '../tables/table';

type ForecastEvent = Extract<RunEvent, { type: 'forecast' }>;

/** The forecast of a run, as text for a terminal. */
export const forecastText = (event: ForecastEvent): string => renderText(forecastEventTable(event));

/** The forecast of a run. */
export function forecastEventTable({ trainings }: ForecastEvent): Table {
  const columns = ['Training', 'Epochs', 'Training FLOP', 'Training time', 'Evaluation', 'Done about'];
  return {
    title: 'Forecast from a few steps of each model on this machine',
    columns: columns.map((heading, i) => ({ heading, align: i === 0 ? 'left' : 'right' })),
    rows: trainings.map((training) => [
      trainingText(training),
      rate(training.epochs),
      flop(training.flops),
      seconds(training.trainSeconds),
      seconds(training.evaluationSeconds),
      clock(new Date(training.doneAt)),
    ]),
    notes: [],
  };
}
