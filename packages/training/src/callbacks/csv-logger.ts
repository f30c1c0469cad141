import { assertOptions, required, text } from '@tenfold/checks';
import { type Callback, named } from '../callback';
import type { EpochReport } from '../epoch-report';
import { openLineFile } from '../files/line-file';
import { epochValues } from './report-values';

export interface CsvLoggerOptions {
  /** The file, which is made if there is none. In a browser it is in the page's private file system. */
  file: string;
}

/**
 * Appends a row for each epoch to a CSV file: epoch, steps, seconds, loss, metrics, validation, and the values of other callbacks.
 *
 * A run that is resumed appends to the file of its first part; rows of epochs that are trained again are written again. A row is
 * complete or, after a crash, removed when the file is opened.
 *
 * @throws when the file is missing in the options; `fit` and `train` throw when the file cannot be written or has other columns
 * @example
 * await fit(model, { ...options, callbacks: [csvLogger({ file: 'run.csv' })] });
 */
export function csvLogger(options: CsvLoggerOptions): Callback {
  assertOptions('csvLogger', options, { file: required(text) });
  const { file } = options;
  return named('csvLogger', async () => {
    const { lines, append } = await openLineFile(file);
    let head = lines[0];
    return {
      async onEpoch(report: EpochReport) {
        const values = epochValues(report);
        const columns = Object.keys(values).map(quote).join(',');
        if (head === undefined) await append(columns);
        head ??= columns;
        if (head !== columns) {
          throw new Error(
            `csvLogger: ${file} has the columns ${head} but this run has ${columns}; give another file, or the metrics and callbacks of the earlier run`,
          );
        }
        await append(Object.values(values).join(','));
      },
    };
  });
}

const quote = (name: string): string => (/[",\n\r]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name);
