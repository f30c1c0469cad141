import { csvLine } from '../../lib/csv';
import type { Results } from '../../results/results';
import type { LogLine } from './read-log';
import { cellOf } from './steps-csv';

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

export const epochsCsvHeader: string = csvLine(['run', 'model', 'seed', ...fields]);

/** The history of every model of a finished run as CSV lines. @param run its name */
export function* epochsCsv(run: string, { models }: Results): Generator<string> {
  for (const { name, seed, history } of models) {
    for (const epoch of history) yield csvLine([run, name, seed, ...fields.map((field) => epoch[field])]);
  }
}

/** The same of a run that is not finished, from its log, which has no learning rate of an epoch. */
export async function* epochsCsvOfLog(run: string, log: AsyncIterable<LogLine>): AsyncGenerator<string> {
  let seed: unknown;
  for await (const line of log) {
    if (line.type === 'run' || line.type === 'modelStart') seed = line.seed ?? seed;
    if (line.type !== 'epoch') continue;
    yield csvLine([
      run,
      cellOf(line.model),
      cellOf(line.seed ?? seed),
      ...fields.map((field) => cellOf(line[field])),
    ]);
  }
}
