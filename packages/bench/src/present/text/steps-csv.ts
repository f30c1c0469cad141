import { csvLine } from '../../lib/csv';
import type { LogLine } from './read-log';

/** The columns of a step after its run, dataset, model and seed. */
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

export const stepsCsvHeader: string = csvLine(['run', 'dataset', 'model', 'seed', ...fields]);

/** The steps of a log as CSV lines, one per step; a missing value is an empty cell. @param run its name */
export async function* stepsCsv(run: string, log: AsyncIterable<LogLine>): AsyncGenerator<string> {
  for await (const { line, start } of withStart(log)) {
    if (line.type !== 'step') continue;
    const values = [...start, ...fields.map((field) => line[field])];
    yield csvLine([run, ...values.map(toCell)]);
  }
}

/** The lines of a log, each with its dataset, model and seed. */
export async function* withStart(
  log: AsyncIterable<LogLine>,
): AsyncGenerator<{ line: LogLine; start: [dataset: unknown, model: unknown, seed: unknown] }> {
  let dataset: unknown;
  let seed: unknown;
  for await (const line of log) {
    // The first line has the dataset of the run and, where there is only one, its seed; otherwise every step has its seed.
    if (line.type === 'run') dataset = line.dataset;
    if (line.type === 'run' || line.type === 'modelStart') seed = line.seed ?? seed;
    yield { line, start: [dataset, line.model, line.seed ?? seed] };
  }
}

export function toCell(value: unknown): string | number | null {
  return typeof value === 'number' || typeof value === 'string' ? value : null;
}
