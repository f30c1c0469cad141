import { rmSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder, removeEmpty, removePartials } from '@tenfold/files/node';
import { type WriteFile, writeAtomically } from '../lib/files';
import { reportHtml } from '../present/html/report-html';
import { reportMarkdown } from '../present/text/report-markdown';
import { parseResults, type Results } from '../results/results';
import type { RunListener } from '../results/run-events';
import { isSame, type Training } from '../results/training';
import { type Checkpoints, FolderGone, openCheckpoints } from './checkpoints';
import { acquireLock, type Lock } from './lock';
import { type RunRecord, writeRunRecord } from './run-record';
import { openStepLog, type StepLog } from './step-log';

/** The folder of a run: `run.json` describes it, log and checkpoints grow during training, results and reports come last. */
export interface RunFolder {
  readonly checkpoints: Checkpoints;
  /** Writes a line of `steps.jsonl` for every step, epoch and model. */
  log: RunListener;
  /** Records in the log and in the results that the run was resumed; not for a new run. */
  resume(differences: string[]): void;
  /** The results of a run that has already finished; undefined otherwise. */
  finished(): Promise<Results | undefined>;
  /** Writes `results.json`, `report.html` and `report.md`, each atomically. */
  finish(results: Results): Promise<{ results: string; html: string; markdown: string }>;
  /** Whether a file could not be written. */
  readonly failed: boolean;
  /**
   * Ends an unfinished run and logs why. A folder without a checkpoint or a finished epoch is removed, unless the run was
   * resumed. Synchronous, so that it can run right before the process ends.
   *
   * @returns whether the folder was kept
   */
  abandon(reason: string): boolean;
}

export interface RunFolderOptions {
  /** Resumes the run in the folder. Default false: the folder does not exist or is empty. */
  resume?: boolean;
  /** Takes over the lock of any other process. Default false. */
  forceUnlock?: boolean;
  /** Minutes between checkpoints. Default: the record's value. */
  checkpointMinutes?: number;
  /** Receives messages for the user. */
  warn?: (message: string) => void;
  write?: WriteFile;
}

/**
 * Opens the folder of a run, for this process alone.
 *
 * @param record the description of the run; written for a new run
 * @throws a `Locked` when another process is using it
 */
export async function openRunFolder(
  path: string,
  record: RunRecord,
  {
    resume = false,
    forceUnlock: force = false,
    checkpointMinutes: minutes = record.checkpointMinutes,
    warn = () => {},
    write = writeAtomically,
  }: RunFolderOptions = {},
): Promise<RunFolder> {
  const created = await makeFolder(path);
  let steps: StepLog | undefined;
  let lock: Lock | undefined;
  let checkpoints: Checkpoints;
  let isGone = () => false;
  try {
    lock = acquireLock(path, { force, warn });
    if (resume) {
      for (const folder of [path, join(path, 'checkpoints')]) await removePartials(folder, { owned: true });
    } else await writeRunRecord(path, record, write);
    const syncLog = () => steps?.sync() ?? 0;
    isGone = watchFolder(path);
    checkpoints = await openCheckpoints(path, { resume, minutes, syncLog, isGone, warn, write });
  } catch (error) {
    lock?.release();
    if (created) removeEmpty(path, created);
    throw error;
  }
  let epochs = 0;
  let finished = false;
  // The log already has the first lines of a resumed training.
  let known: Training | undefined = checkpoints.training;
  const log = (): StepLog => {
    if (steps) return steps;
    steps = openStepLog(join(path, 'steps.jsonl'), resume ? checkpoints.logBytes : undefined);
    if (!resume || checkpoints.logBytes === 0) {
      const { command, profile, models, seeds, epochs, threads } = record;
      const [backend, dataset] = [record.backend.name, record.dataset.id];
      const header = { profile, dataset, models, backend, seeds, epochs, threads, command };
      steps.line({ type: 'run', ...header });
    }
    return steps;
  };
  const close = () => {
    steps?.close();
    lock?.release();
  };
  if (!resume) log();
  return {
    checkpoints,
    log(event) {
      if (event.type === 'epoch') epochs++;
      if (event.type === 'modelStart' && known && isSame(event, known)) known = undefined;
      else if (['forecast', 'step', 'epoch', 'modelStart', 'modelEnd'].includes(event.type))
        log().line(event);
    },
    resume(differences) {
      checkpoints.resume(differences);
      log().line({ type: 'resume', differences });
    },
    async finished() {
      const trainings = record.models.flatMap((model) => record.seeds.map((seed) => ({ model, seed })));
      if (trainings.some((training) => !checkpoints.finished(training))) return undefined;
      const text = await readFile(join(path, 'results.json'), 'utf8').catch(() => undefined);
      try {
        return text === undefined ? undefined : parseResults(JSON.parse(text));
      } catch {
        return undefined; // damaged; it is written again
      }
    },
    async finish(results) {
      if (isGone()) throw new FolderGone(path);
      steps?.line({ type: 'end', reason: 'finished' });
      const complete = parseResults(results);
      finished = true;
      const files = {
        results: join(path, 'results.json'),
        html: join(path, 'report.html'),
        markdown: join(path, 'report.md'),
      };
      // Results first, since the reports can always be made from them again.
      await write(files.results, `${JSON.stringify(complete, null, 2)}\n`);
      await write(files.html, await reportHtml(complete));
      await write(files.markdown, reportMarkdown(complete));
      close();
      return files;
    },
    get failed() {
      return checkpoints.failed || (steps?.lost ?? 0) > 0;
    },
    abandon(reason) {
      if (isGone()) {
        // The folder at the path now is not this run's; the moved folder has the checkpoints.
        steps?.line({ type: 'end', reason });
        close();
        return false;
      }
      const kept = resume || finished || epochs > 0 || !checkpoints.isEmpty;
      if (kept) steps?.line({ type: 'end', reason });
      close();
      if (kept) return true;
      for (const name of ['steps.jsonl', 'run.json', 'state.json', 'checkpoints']) {
        rmSync(join(path, name), { force: true, recursive: true });
      }
      if (created) removeEmpty(path, created);
      return false;
    },
  };
}

/** Detects that a path no longer names the same folder. */
function watchFolder(path: string): () => boolean {
  const identity = (): string | undefined => {
    const found = statSync(path, { bigint: true, throwIfNoEntry: false });
    return found && `${found.dev} ${found.ino}`;
  };
  const original = identity();
  return () => identity() !== original;
}
