import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { isSystemError } from '../lib/files';
import { createProgress } from '../present/terminal/progress';
import { Locked } from '../run-folder/lock';
import { openRunFolder } from '../run-folder/run-folder';
import { differences, type RunRecord, readRunRecord, threadsOf } from '../run-folder/run-record';
import { resumeCommandOf } from './command-of';
import type { Dependencies, Streams } from './dependencies';
import { chooseBackend, type TrainFlags } from './train-command';
import { finishRun, trainRun } from './train-run';
import { UsageError } from './usage-error';

/**
 * Goes on with a run that was stopped, from its last checkpoint to the end that it would have had.
 *
 * @param given options that stand on the command line; those that decide numbers must be the run's
 */
export async function resumeCommand(
  flags: TrainFlags & { resume: string },
  given: string[],
  deps: Dependencies,
  streams: Streams,
): Promise<number> {
  const path = findRun(flags.resume);
  const record = await readRunRecord(path).catch((error: Error) => {
    throw new UsageError(`--resume: ${error.message}`);
  });
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
  const options = { resume: true, forceUnlock, checkpointMinutes, say: progress.say };
  const folder = await openRunFolder(path, record, options).catch((error: Error) => {
    if (!(error instanceof Locked) && !isSystemError(error)) throw error;
    throw new UsageError(`--resume: ${error.message}`);
  });
  const finished = await folder.finished();
  if (finished) {
    progress.say(`the run in ${path} is finished; writing its report again`);
    return finishRun(finished, folder, streams, resumeCommandOf(path, streams.env));
  }
  try {
    const { name } = record.backend;
    const backend = await chooseBackend(
      { backend: name, threads: threadsOf(record), v8Flags: record.v8Flags },
      deps,
      progress.say,
    );
    const machine = await deps.describeMachine();
    const changed = differences(record, { backend: { name, details: backend.details }, machine });
    if (changed.length > 0) {
      progress.say(`the last digits may differ from those of an unbroken run: ${changed.join('; ')}`);
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

/** The folder that `--resume` means: a path, else a name in runs/. */
function findRun(run: string): string {
  const places = [resolve(run), resolve('runs', run)];
  const found = places.find((place) => existsSync(join(place, 'run.json')));
  if (found) return found;
  const there = places.find((place) => existsSync(place));
  throw new UsageError(
    there
      ? `--resume: ${there} holds no run that can be continued: there is no run.json`
      : `--resume: there is no ${places[0]} and no run ${basename(run)} in ${resolve('runs')}; name the folder of a run`,
  );
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
  const threads = threadsOf(record);
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
    .map((name) => `--${name} changes recipes, and those of a run are as it began`);
  const others = options
    .filter((name) => given.includes(name))
    .filter((name) => name === 'out' || text(flags[name]) !== text(recorded[name]))
    .map((name) =>
      name === 'out'
        ? '--out names the folder of a new run'
        : `--${spelled[name] ?? name} is ${text(flags[name])}, but the run was made with ${text(recorded[name])}`,
    );
  const wrong = [...others, ...recipes];
  if (wrong.length === 0) return;
  throw new UsageError(
    `--resume: ${wrong.join('; ')}. Leave such options out to go on with the run, or --resume to start another`,
  );
}

function refuseOtherData({ dataset }: RunRecord, now: RunRecord['dataset']): void {
  const names = [...new Set([...Object.keys(dataset.sha256), ...Object.keys(now.sha256)])];
  const other = names.filter((name) => dataset.sha256[name] !== now.sha256[name]);
  if (dataset.name === now.name && other.length === 0) return;
  throw new UsageError(
    `--resume: the run was made on other data: ${dataset.name !== now.name ? `${dataset.name}, not ${now.name}` : `${other.join(', ')} of ${now.name} has another sha256`}; start a new run`,
  );
}
