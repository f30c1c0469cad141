import { assertOptions, flag, required, text } from '@tenfold/checks';
import { type Callback, named } from '../callback';
import { openLineFile } from '../files/line-file';

export interface JsonLinesLoggerOptions {
  /** The file, which is made if there is none. In a browser it is in the page's private file system. */
  file: string;
  /** Whether to write the reports of steps as well, false by default. */
  steps?: boolean;
}

/**
 * Appends the report of each epoch to a file, as a line of JSON: `{ "epoch": 0, "loss": …, "metrics": { … }, … }`.
 *
 * The report of a step has the key `step`, and no sums. NaN and infinities, which JSON does not have, are the strings "NaN",
 * "Infinity" and "-Infinity". A run that is resumed appends to the file of its first part. A line is complete or, after a crash,
 * removed when the file is opened.
 *
 * @throws when the file is missing in the options; `fit` and `train` throw when the file cannot be written
 * @example
 * await fit(model, { ...options, callbacks: [jsonLinesLogger({ file: 'run.jsonl', steps: true })] });
 * @see https://jsonlines.org
 */
export function jsonLinesLogger(options: JsonLinesLoggerOptions): Callback {
  assertOptions('jsonLinesLogger', options, { file: required(text), steps: flag });
  const { file, steps = false } = options;
  return named('jsonLinesLogger', async () => {
    const { append } = await openLineFile(file);
    const write = (report: object) => append(JSON.stringify(report, spellOut));
    return {
      ...(steps && { onStep: ({ sums: _, ...report }: { sums: unknown }) => write(report) }),
      onEpoch: write,
    };
  });
}

const spellOut = (_: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
