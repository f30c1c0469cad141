import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { epochsCsv, epochsCsvHeader, epochsCsvOfLog } from '../export/epochs-csv';
import { readLog } from '../export/read-log';
import { stepsCsv, stepsCsvHeader } from '../export/steps-csv';
import { writeFileOf } from './compare-runs-command';
import type { Streams } from './dependencies';
import { findRun, readResults } from './find-run';
import { UsageError } from './usage-error';

export interface ExportFlags {
  csv?: boolean;
  epochs?: boolean;
  out?: string;
}

/** Writes the steps or the epochs of runs as one table, a line each. */
export async function exportCommand(
  names: string[],
  { csv = false, epochs = false, out }: ExportFlags,
  streams: Streams,
): Promise<number> {
  if (!csv) throw new UsageError('export: no format; expected --csv');
  const say = (message: string) => void streams.err.write(`${message}\n`);
  const parts = [epochs ? epochsCsvHeader : stepsCsvHeader];
  for (const name of names) {
    const path = await findRun('export', name);
    for await (const line of epochs ? epochLines(path, say) : stepLines(path, say)) parts.push(line);
  }
  const text = parts.join('');
  if (out === undefined) {
    // Whoever reads the pipe may stop early, as head does.
    streams.out.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
    streams.out.write(text);
  } else {
    await writeFileOf('export', out, text);
    say(`${resolve(out)}: ${parts.length - 1} lines`);
  }
  return 0;
}

function stepLines(path: string, say: (message: string) => void): AsyncIterable<string> {
  const log = join(path, 'steps.jsonl');
  if (!existsSync(log)) {
    throw new UsageError(`export: ${path} has no steps.jsonl; --epochs exports the history in results.json`);
  }
  return stepsCsv(basename(path), readLog(log, say));
}

async function* epochLines(path: string, say: (message: string) => void): AsyncGenerator<string> {
  if (existsSync(join(path, 'results.json'))) {
    yield* epochsCsv(basename(path), await readResults('export', path));
  } else if (existsSync(join(path, 'steps.jsonl'))) {
    yield* epochsCsvOfLog(basename(path), readLog(join(path, 'steps.jsonl'), say));
  } else {
    throw new UsageError(`export: ${path} has neither results.json nor steps.jsonl: nothing was trained yet`);
  }
}
