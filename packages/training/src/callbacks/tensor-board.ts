import { assertOptions, flag, required, text } from '@tenfold/checks';
import { type Callback, named } from '../callback';
import { appendFile, hostname } from '../files/platform';
import { scalarEvent, versionEvent } from './event-file';
import { epochValues, stepValues } from './report-values';

export interface TensorBoardOptions {
  /** The folder of the run. In a browser it is in the page's private file system. */
  folder: string;
  /** Whether to write the values of steps as well, true by default. */
  steps?: boolean;
}

/** The values that are plotted; the numbers of epoch and step are the axis. */
const AXES = new Set(['epoch', 'steps', 'seconds']);

/**
 * Writes event files for TensorBoard: the values of each step as `step/loss`, `step/metrics/accuracy`, …, and those of each epoch
 * as `epoch/loss`, `epoch/validation/loss`, …, all over the number of steps.
 *
 * A run that is resumed writes another file into the folder; TensorBoard joins them.
 *
 * @throws when the folder is missing in the options; `fit` and `train` throw when it cannot be written
 * @example
 * await fit(model, { ...options, callbacks: [tensorBoard({ folder: 'runs/first' })] });
 * // tensorboard --logdir runs
 * @see https://www.tensorflow.org/tensorboard
 */
export function tensorBoard(options: TensorBoardOptions): Callback {
  assertOptions('tensorBoard', options, { folder: required(text), steps: flag });
  const { folder, steps = true } = options;
  return named('tensorBoard', async ({ trainer }) => {
    const now = Date.now() / 1000;
    // TensorBoard reads files with this name, in the order of their names.
    const unique = Math.floor(Math.random() * 2 ** 32).toString(16);
    const file = `${folder}/events.out.tfevents.${Math.floor(now)}.${hostname()}.${unique}`;
    await appendFile(file, versionEvent(now));
    const write = (start: string, step: number, values: { [name: string]: number }) => {
      const plotted = Object.entries(values)
        .filter(([name]) => !AXES.has(name))
        .map(([name, value]) => [`${start}/${name.replaceAll('.', '/')}`, value] as const);
      return appendFile(file, scalarEvent(Date.now() / 1000, step, plotted));
    };
    return {
      ...(steps && { onStep: (report) => write('step', report.step, stepValues(report)) }),
      onEpoch: (report) => write('epoch', trainer.stepCount, epochValues(report)),
    };
  });
}
