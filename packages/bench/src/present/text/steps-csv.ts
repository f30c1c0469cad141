import { csvLine } from '../../lib/csv';
import type { LogLine } from './read-log';

/** What a step has in the log, besides its run, model and seed. */
const fields = [
  'step',
  'epoch',
  'loss',
  'learningRate',
  'accuracy',
  'gradientNorm',
  'imagesPerSecond',
  'gflopsPerSecond',
  'dataWait',
  'time',
];

export const stepsCsvHeader: string = csvLine(['run', 'model', 'seed', ...fields]);

/** The steps of a log as CSV lines, one a step; what a step does not have is empty. @param run its name */
export async function* stepsCsv(run: string, log: AsyncIterable<LogLine>): AsyncGenerator<string> {
  let seed: unknown;
  for await (const line of log) {
    // The log's first line has the run's seed; of a run with several, every step names its own.
    if (line.type === 'run' || line.type === 'modelStart') seed = line.seed ?? seed;
    if (line.type !== 'step') continue;
    const values = [line.model, line.seed ?? seed, ...fields.map((field) => line[field])];
    yield csvLine([run, ...values.map(cellOf)]);
  }
}

export function cellOf(value: unknown): string | number | null {
  return typeof value === 'number' || typeof value === 'string' ? value : null;
}
