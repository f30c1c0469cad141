import { existsSync, lstatSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { isSystemError } from '../lib/files';
import { terminalColumns } from '../lib/fold';
import { createProgress } from '../present/terminal/progress';
import { assertRunFiles } from '../run-folder/describe-file';
import { Locked } from '../run-folder/lock';
import { openRunFolder } from '../run-folder/run-folder';
import { differences, type RunRecord, readRunRecord, recordedThreads } from '../run-folder/run-record';
import type { Dependencies, Streams } from './dependencies';
import { formatResumeCommand } from './format-command';
import { chooseBackend, type TrainFlags } from './train-command';
import { finishRun, trainRun } from './train-run';
import { UsageError } from './usage-error';

/**
 * Resumes an interrupted run from its last checkpoint; the result is that of an uninterrupted run.
 *
 * @param given options on the command line; those that affect results must equal the run's
 */
export async function resumeCommand(
  flags: TrainFlags & { resume: string },
  given: string[],
  deps: Dependencies,
  streams: Streams,
): Promise<number> {
  const path = findRun(flags.resume);
  const refuse = (error: Error) => {
    throw new UsageError(`--resume: ${error.message}`);
  };
  await assertRunFiles(path).catch(refuse);
  const record = await readRunRecord(path).catch(refuse);
  refuseOtherOptions(record, flags, given);
  const { dataset } = await deps.plan({
    dataset: record.dataset.id,
    profile: record.profile,
    models: [],
    epochs: record.epochs,
  });
  refuseOtherData(record, dataset);

  const progress = createProgress(streams);
  const { forceUnlock, checkpointMinutes } = flags;
  const options = { resume: true, forceUnlock, checkpointMinutes, warn: progress.print };
  const folder = await openRunFolder(path, record, options).catch((error: Error) => {
    if (!(error instanceof Locked) && !isSystemError(error)) throw error;
    throw new UsageError(`--resume: ${error.message}`);
  });
  const finished = await folder.finished();
  if (finished) {
    progress.print(`the run in ${path} is finished; writing its report again`);
    return finishRun(finished, folder, streams, formatResumeCommand(path, streams.env));
  }
  try {
    const { name } = record.backend;
    const backend = await chooseBackend(
      { backend: name, threads: recordedThreads(record), v8Flags: record.v8Flags },
      deps,
      progress.print,
      terminalColumns(streams.err),
    );
    const machine = await deps.describeMachine();
    const changed = differences(record, { backend: { name, details: backend.details }, machine });
    if (changed.length > 0) {
      progress.print(`the last digits may differ from those of an uninterrupted run: ${changed.join('; ')}`);
    }
    folder.resume(changed);
    return await trainRun(
      { path, record, folder, backend, cache: flags.cache, measure: flags.measure, progress },
      deps,
      streams,
    );
  } catch (error) {
    folder.abandon(String(error));
    throw error;
  }
}

/** The folder that `--resume` names: a path, otherwise a name in runs/. */
function findRun(run: string): string {
  const places = [resolve(run), resolve('runs', run)];
  const found = places.find((place) => isThere(join(place, 'run.json')));
  if (found) return found;
  const there = places.find((place) => existsSync(place));
  throw new UsageError(
    there
      ? `--resume: ${there} has no run to resume: there is no run.json`
      : `--resume: there is no ${places[0]} and no run ${basename(run)} in ${resolve('runs')}; give the folder of a run`,
  );
}

/** Whether there is anything at a path, even a link to nothing. */
function isThere(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

const options = [
  'dataset',
  'profile',
  'models',
  'backend',
  'seed',
  'seeds',
  'heldOut',
  'epochs',
  'threads',
  'v8Flags',
  'out',
] as const;

const spelled: { [name: string]: string } = { v8Flags: 'v8-flags', heldOut: 'held-out' };

function refuseOtherOptions(record: RunRecord, flags: TrainFlags, given: string[]): void {
  const { profile, models, backend, seeds, heldOut, epochs, v8Flags } = record;
  const threads = recordedThreads(record);
  const recorded = {
    ...{ profile, models, heldOut, epochs, threads, v8Flags },
    dataset: record.dataset.id,
    backend: backend.name,
    seed: seeds[0],
    seeds: seeds.length,
  };
  const text = (value: unknown) => (value === undefined ? "the profile's" : String(value));
  const recipes = given
    .filter((name) => name === 'set' || name === 'recipes')
    .map((name) => `--${name} changes recipes, and a run keeps the recipes that it began with`);
  const others = options
    .filter((name) => given.includes(name))
    .filter((name) => name === 'out' || text(flags[name]) !== text(recorded[name]))
    .map((name) =>
      name === 'out'
        ? '--out is the folder of a new run'
        : `--${spelled[name] ?? name} is ${text(flags[name])}, but the run has ${text(recorded[name])}`,
    );
  const wrong = [...others, ...recipes];
  if (wrong.length === 0) return;
  throw new UsageError(
    `--resume: ${wrong.join('; ')}. Leave out these options to resume the run, or leave out --resume to start a new run`,
  );
}

function refuseOtherData({ dataset }: RunRecord, current: RunRecord['dataset']): void {
  const names = [...new Set([...Object.keys(dataset.sha256), ...Object.keys(current.sha256)])];
  const other = names.filter((name) => dataset.sha256[name] !== current.sha256[name]);
  if (dataset.name === current.name && other.length === 0) return;
  throw new UsageError(
    `--resume: the run was trained on different data: ${dataset.name !== current.name ? `${dataset.name}, not ${current.name}` : `${other.join(', ')} of ${current.name} has a different sha256`}; start a new run`,
  );
}
