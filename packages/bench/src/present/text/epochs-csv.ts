import { csvLine } from '../../lib/csv';
import type { Results } from '../../results/results';
import type { LogLine } from './read-log';
import { toCell, withStart } from './steps-csv';

const fields = [
  'epoch',
  'seconds',
  'trainLoss',
  'trainAccuracy',
  'testLoss',
  'testAccuracy',
  'learningRate',
  'flops',
  'joules',
] as const;

export const epochsCsvHeader: string = csvLine(['run', 'dataset', 'model', 'seed', ...fields]);

/** The history of every model of a finished run as CSV lines. @param run its name */
export function* epochsCsv(run: string, { dataset, models }: Results): Generator<string> {
  for (const { name, seed, history } of models) {
    for (const epoch of history) {
      yield csvLine([run, dataset.id, name, seed, ...fields.map((field) => epoch[field])]);
    }
  }
}

/** The history of an unfinished run, from its log, which has no learning rates of epochs. */
export async function* epochsCsvOfLog(run: string, log: AsyncIterable<LogLine>): AsyncGenerator<string> {
  for await (const { line, start } of withStart(log)) {
    if (line.type !== 'epoch') continue;
    yield csvLine([run, ...start.map(toCell), ...fields.map((field) => toCell(line[field]))]);
  }
}
