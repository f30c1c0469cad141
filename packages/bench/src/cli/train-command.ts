import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import pc from 'picocolors';
import { type BackendName, backendDescriptions } from '../backends/names';
import { BackendUnavailable } from '../backends/unavailable';
import type { DatasetName } from '../data/datasets';
import { fold, terminalColumns } from '../lib/fold';
import type { Profile } from '../models/model-definition';
import type { ModelName } from '../models/models';
import { type Override, OverrideError, parseOverride, readOverrides } from '../models/overrides';
import { createProgress } from '../present/terminal/progress';
import type { RunPlan } from '../run/plan';
import { openRunFolder } from '../run-folder/run-folder';
import type { RunRecord } from '../run-folder/run-record';
import { commandName } from './command-name';
import type { Dependencies, Streams } from './dependencies';
import { checkEmpty, checkWritable } from './folders';
import { formatCommand } from './format-command';
import { trainRun } from './train-run';
import { UsageError } from './usage-error';

export interface TrainFlags {
  dataset: DatasetName;
  profile: Profile;
  models: ModelName[];
  backend?: BackendName;
  seed: number;
  /** How many consecutive seeds, from `seed` on. */
  seeds: number;
  heldOut: number;
  epochs?: number;
  /** Each is MODEL.KEY=VALUE. */
  set?: string[];
  /** A JSON file of overrides. */
  recipes?: string;
  threads?: number;
  v8Flags: boolean;
  out?: string;
  cache?: string;
  resume?: string;
  checkpointMinutes?: number;
  forceUnlock?: boolean;
  /** Whether to forecast the run and to time the backend's peak and predictions. */
  measure: boolean;
}

const CHECKPOINT_MINUTES = 5;

/** Trains the models, writes the run folder and prints the tables. */
export async function trainCommand(flags: TrainFlags, deps: Dependencies, streams: Streams): Promise<number> {
  const { dataset, profile, models, heldOut, epochs, threads, v8Flags, out, cache } = flags;
  if (flags.forceUnlock) throw new UsageError('--force-unlock needs --resume; a new run has no lock');
  const seeds = Array.from({ length: flags.seeds }, (_, i) => flags.seed + i);
  if (!seeds.every(Number.isSafeInteger)) {
    throw new UsageError(
      `--seed is ${flags.seed} and --seeds ${flags.seeds}; the last seed can be at most ${Number.MAX_SAFE_INTEGER}`,
    );
  }
  const { overrides, plan } = await planned(flags, deps);
  if (out) await checkEmpty('--out', out);
  await checkWritable(out ? '--out' : 'run folder', out ?? 'runs');
  await checkWritable(cache ? '--cache' : 'cache folder', await deps.cacheFolder(dataset, cache));

  const progress = createProgress(streams);
  const backend = await chooseBackend(flags, deps, progress.print, terminalColumns(streams.err));
  const name = backend.name as BackendName;
  const path = resolve(out ?? join('runs', `${timestamp()}-${profile}-${name}`));
  const record: RunRecord = {
    schemaVersion: 4,
    createdAt: new Date().toISOString(),
    command: formatCommand({
      dataset,
      profile,
      models,
      backend: name,
      seeds,
      heldOut,
      epochs,
      threads,
      v8Flags,
      overrides,
      start: commandName(streams.env),
    }),
    profile,
    models,
    seeds,
    heldOut,
    epochs,
    threads,
    v8Flags,
    cacheDirectory: cache && resolve(cache),
    checkpointMinutes: flags.checkpointMinutes ?? CHECKPOINT_MINUTES,
    backend: { ...backend, name },
    ...plan,
    machine: await deps.describeMachine(),
  };
  const folder = await openRunFolder(path, record, { warn: progress.print });
  return trainRun({ path, record, folder, backend, measure: flags.measure, progress }, deps, streams);
}

/** The plan of a run: the profile with the overrides of the command line and of the recipe file. */
async function planned(
  { dataset, profile, models, epochs, set = [], recipes }: TrainFlags,
  deps: Dependencies,
): Promise<{ overrides: Override[]; plan: RunPlan }> {
  let option = '--recipes';
  try {
    const fromFile = recipes === undefined ? [] : readOverrides(await readJson(recipes));
    option = '--set';
    const overrides = [...fromFile.filter(({ model }) => models.includes(model)), ...set.map(parseOverride)];
    option = recipes === undefined ? '--set' : '--recipes, --set';
    if (overrides.length === 0) option = '--profile';
    return { overrides, plan: await deps.plan({ dataset, profile, models, epochs, overrides }) };
  } catch (error) {
    if (!(error instanceof OverrideError)) throw error;
    throw new UsageError(`${option}: ${error.message}`, { cause: error });
  }
}

async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new OverrideError(`${resolve(file)} cannot be read (${error.code ?? error.message})`);
  });
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new OverrideError(`${resolve(file)} is not JSON: ${(error as Error).message}`);
  }
}

/**
 * Activates the backend and prints which one, and why no better one.
 *
 * @param columns of the terminal, if it is one
 */
export async function chooseBackend(
  { backend, threads, v8Flags }: { backend?: BackendName; threads?: number; v8Flags: boolean },
  deps: Dependencies,
  print: (message: string) => void,
  columns?: number,
): Promise<{ name: string; details: Record<string, string> }> {
  if (threads !== undefined && (backend === 'cpu' || backend === 'webgpu')) {
    throw new UsageError(
      `--threads is ${threads}, but the ${backend} backend has no threads option; leave it out`,
    );
  }
  try {
    const chosen = await deps.selectBackend(backend, {
      threads,
      v8Flags,
      onCheck(check) {
        const matters = !check.works && check.reason !== 'not installed' && backend === undefined;
        if (matters)
          print(`${check.name} does not work here: ${check.why} (the command doctor says how to fix it)`);
      },
    });
    const details = Object.entries(chosen.details).map(([key, value]) => `${key} ${value}`);
    const what = backendDescriptions[chosen.name as BackendName] ?? '';
    print(fold(`${pc.bold(chosen.name)}: ${[what, ...details].filter(Boolean).join(', ')}`, columns));
    return chosen;
  } catch (error) {
    if (!(error instanceof BackendUnavailable)) throw error;
    const option = backend ? `--backend is '${backend}'; ` : '';
    throw new UsageError(`${option}${error.message}. To fix it: ${error.advice}`, { cause: error });
  }
}

/** 2026-01-31-14-05-09 in the user's time. */
function timestamp(now = new Date()): string {
  const parts = [now.getMonth() + 1, now.getDate(), now.getHours(), now.getMinutes(), now.getSeconds()];
  return [now.getFullYear(), ...parts.map((part) => String(part).padStart(2, '0'))].join('-');
}
