import { isSystemError, systemReason } from '../lib/files';
import { forecastTable, paperTables } from '../present/tables/index';
import { renderText } from '../present/tables/table';
import type { LiveLog } from '../present/terminal/live-log';
import type { Results } from '../results/results';
import { FolderGone } from '../run-folder/checkpoints';
import type { RunFolder } from '../run-folder/run-folder';
import type { RunRecord } from '../run-folder/run-record';
import type { Dependencies, Streams } from './dependencies';
import { INCOMPLETE } from './exit-codes';
import { formatResumeCommand } from './format-command';
import { onInterruption } from './interruption';

/** A run with an open folder and an active backend. */
export interface OpenRun {
  path: string;
  record: RunRecord;
  folder: RunFolder;
  backend: Results['backend'];
  /** Replaces the record's value. */
  cache?: string;
  /** Whether to forecast the run and to time the backend's peak and predictions. */
  measure: boolean;
  progress: LiveLog;
}

/**
 * Trains the remaining models of a run, writes its results and prints the tables.
 *
 * @returns the exit code: 0; 3 when something could not be written; 130 or 143 when it was stopped
 */
export async function trainRun(
  { path, record, folder, backend, cache = record.cacheDirectory, measure, progress }: OpenRun,
  deps: Dependencies,
  streams: Streams,
): Promise<number> {
  const { profile, seeds, heldOut, recipes, command } = record;
  const resume = formatResumeCommand(path, streams.env);
  // Before that, a few steps of other networks are timed, of which nothing is kept.
  let isTraining = false;
  const interruption = onInterruption(
    progress.print,
    () => isTraining,
    () => {
      if (folder.abandon('interrupted')) streams.err.write(`To resume: ${resume}\n`);
    },
  );
  try {
    const { signal } = interruption;
    const found = await deps.trainAll(
      {
        dataset: record.dataset.id,
        recipes,
        profile,
        seeds,
        heldOut,
        checkpoints: folder.checkpoints,
        outputDirectory: path,
        cacheDirectory: cache,
        measure,
        signal,
        command,
      },
      (event) => {
        if (event.type === 'modelStart') isTraining = true;
        folder.log(event);
        progress.listener(event);
      },
    );
    progress.close();
    return await finishRun({ ...found, backend, resumed: describeResume(folder) }, folder, streams, resume);
  } catch (error) {
    progress.close();
    const code = interruption.exitCode();
    const kept = folder.abandon(code === undefined ? String(error) : 'interrupted');
    if (!(error instanceof FolderGone)) {
      progress.print(kept ? `Progress is saved. To resume: ${resume}` : 'nothing was saved');
    }
    if (code === undefined) throw error;
    return code;
  } finally {
    interruption.dispose();
  }
}

/** Writes results and reports, and prints the tables even if the disk is full. */
export async function finishRun(
  results: Results,
  folder: RunFolder,
  { out, err }: Streams,
  resume: string,
): Promise<number> {
  let where = '';
  try {
    where = (await folder.finish(results)).html;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    err.write(
      `The results could not be written: ${systemReason(error)}. Free some space, then write them with: ${resume}\n`,
    );
    folder.abandon(String(error));
  }
  const forecast = forecastTable(results);
  for (const table of [...paperTables(results), ...(forecast ? [forecast] : [])]) {
    out.write(`\n${renderText(table)}\n`);
  }
  if (where) out.write(`\nReport: ${where}\n`);
  if (where && folder.failed) {
    err.write('Some files could not be written (see the warnings above); results and report are complete.\n');
  }
  return where && !folder.failed ? 0 : INCOMPLETE;
}

function describeResume({ checkpoints: { resumed } }: RunFolder): Results['resumed'] {
  if (resumed.length === 0) return undefined;
  const differences = [...new Set(resumed.flatMap((session) => session.differences))];
  return { times: resumed.length, bits: differences.length > 0 ? 'approximate' : 'equal', differences };
}
