import { clock, flop, rate, seconds } from '../format';
import type { RunEvent } from '../run/types';
import { trainingText } from '../run-folder/training';
import { renderText } from '../table';

/** What a run will take, as a table. */
export function forecastText({ trainings }: Extract<RunEvent, { type: 'forecast' }>): string {
  const columns = ['Training', 'Epochs', 'Training FLOP', 'Training time', 'Evaluation', 'Done about'];
  return renderText({
    title: 'Forecast, by a few steps of each model on this machine',
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
  });
}
