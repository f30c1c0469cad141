import { join, mkdir, readdir, readFile, rm, writeAtomically } from '../../../src/lib/files.browser';
import { parseResults, type Results } from '../../../src/results/results';
import { trainingFile, trainingText } from '../../../src/results/training';
import { parseRunRecord, type RunRecord } from '../../../src/run-folder/run-record';
import { type RunState, readState } from '../../../src/run-folder/run-state';
import type { EpochPoint, OpenedRun, RunSummary, StartPoint, StepPoint } from '../protocol';
import { lockOf } from './lock';

/** Where runs are kept in the browser's storage: folders as the command line writes them. */
export const RUNS = 'runs';
export const folderOf = (run: string): string => join(RUNS, run);

/** All runs of this browser, newest first. */
export async function listRuns(): Promise<RunSummary[]> {
  const names = await readdir(RUNS).catch((): string[] => []);
  const found = await Promise.all(names.map((name) => summaryOf(name).catch(() => undefined)));
  return found.filter((run) => run !== undefined).sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
}

/** A run with all that the page shows of it. */
export async function openRun(name: string): Promise<OpenedRun> {
  const folder = folderOf(name);
  const [summary, results, state, log, names] = await Promise.all([
    summaryOf(name),
    resultsOf(name),
    stateOf(name),
    readFile(join(folder, 'steps.jsonl'), 'utf8').catch(() => ''),
    readdir(folder),
  ]);
  const finished = results?.models ?? state.finished.map(({ result }) => result);
  return {
    summary,
    results: results ?? null,
    finished,
    ...pointsOf(log),
    predictors: finished
      .map(({ name: model, seed }) => ({ model, seed }))
      .filter((training) => names.includes(`${trainingFile(training)}.safetensors`)),
  };
}

/** The record of a run that was begun; undefined when only its results are here. */
export async function recordOf(run: string): Promise<RunRecord | undefined> {
  const text = await readFile(join(folderOf(run), 'run.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : parseRunRecord(text, 'run.json');
}

/** Every file of a run that is of use elsewhere. */
export async function runFiles(run: string): Promise<{ name: string; bytes: Uint8Array }[]> {
  const folder = folderOf(run);
  const files = (await readdir(folder)).filter((name) => name !== 'checkpoints');
  const checkpoints = await readdir(join(folder, 'checkpoints')).catch((): string[] => []);
  const names = [...files, ...checkpoints.map((name) => join('checkpoints', name))];
  return Promise.all(names.map(async (name) => ({ name, bytes: await readFile(join(folder, name)) })));
}

const KNOWN =
  /^(results\.json|run\.json|state(\.previous)?\.json|steps\.jsonl|[\w.-]+\.safetensors|checkpoints\/[\w.-]+\.safetensors)$/;

/**
 * Keeps the files of a run that came from elsewhere.
 *
 * @param files of one run's folder; those that the page has no use for are left out
 * @returns the name that the run has here
 * @throws when they are no run
 */
export async function keepRun(files: { name: string; bytes: Uint8Array }[]): Promise<string> {
  const known = files.filter(({ name }) => KNOWN.test(name));
  const text = (name: string) => {
    const file = known.find((candidate) => candidate.name === name);
    return file && new TextDecoder().decode(file.bytes);
  };
  const [resultsText, recordText] = [text('results.json'), text('run.json')];
  if (resultsText === undefined && recordText === undefined) {
    const names = files.map(({ name }) => name).join(', ') || 'nothing';
    throw new Error(
      `There is no results.json and no run.json among what was given (${names}). Give the files of a run's folder, or the .zip that this page makes.`,
    );
  }
  const createdAt =
    resultsText !== undefined
      ? parseResults(parsed('results.json', resultsText)).createdAt
      : (await parseRunRecord(recordText!, 'run.json')).createdAt;
  const stamp = createdAt.slice(0, 19).replaceAll(/[:T]/g, '-');
  const taken = await readdir(RUNS).catch((): string[] => []);
  let name = `${stamp}-uploaded`;
  for (let n = 2; taken.includes(name); n++) name = `${stamp}-uploaded-${n}`;
  const folder = folderOf(name);
  try {
    await mkdir(folder);
    for (const file of known) await writeAtomically(join(folder, file.name), file.bytes);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return name;
}

/** @throws when a tab is training it */
export async function removeRun(run: string): Promise<void> {
  await lockOf(run, () => rm(folderOf(run), { recursive: true, force: true }));
}

async function summaryOf(name: string): Promise<RunSummary> {
  const [record, results] = await Promise.all([recordOf(name).catch(() => undefined), resultsOf(name)]);
  if (results) {
    const { createdAt, dataset, profile, backend, models } = results;
    return {
      name,
      createdAt,
      dataset: dataset.name,
      profile,
      backend: backend.name,
      models: [...new Set(models.map((model) => model.name))],
      state: 'finished',
      resumable: false,
      progress: 'finished',
    };
  }
  if (!record) throw new Error(`openRun: ${name} has no run.json and no results.json`);
  const { createdAt, dataset, profile, backend, models } = record;
  const mine = backend.name === 'simd' || backend.name === 'webgpu';
  const progress = progressOf(await stateOf(name), record);
  return {
    name,
    createdAt,
    dataset: dataset.name,
    profile,
    backend: backend.name,
    models,
    state: 'begun',
    resumable: mine,
    progress: mine ? progress : `${progress}; ${backend.name} goes on in Node`,
  };
}

function progressOf({ finished, checkpoints }: RunState, { models, seeds }: RunRecord): string {
  const done =
    finished.length > 0 ? `${finished.length} of ${models.length * seeds.length} trainings done` : undefined;
  const [newest] = checkpoints;
  const now = newest && `${newest.model} after step ${newest.progress.step}`;
  return [done, now].filter(Boolean).join(', ') || 'no step kept yet';
}

const stateOf = (run: string): Promise<RunState> => readState(folderOf(run), () => {});

async function resultsOf(run: string): Promise<Results | undefined> {
  const text = await readFile(join(folderOf(run), 'results.json'), 'utf8').catch(() => undefined);
  try {
    return text === undefined ? undefined : parseResults(JSON.parse(text));
  } catch {
    return undefined; // damaged
  }
}

/** What the charts need of a step log; lines of steps that were taken again count once, the last. */
function pointsOf(log: string): Pick<OpenedRun, 'starts' | 'steps' | 'epochs'> {
  const starts = new Map<string, StartPoint>();
  const steps = new Map<string, StepPoint>();
  const epochs = new Map<string, EpochPoint>();
  for (const line of log.split('\n')) {
    try {
      const value = JSON.parse(line) as
        | ({ type: 'modelStart' } & StartPoint)
        | ({ type: 'step' } & StepPoint)
        | ({ type: 'epoch' } & EpochPoint);
      if (value.type === 'modelStart') starts.set(trainingText(value), value);
      if (value.type === 'step') steps.set(`${trainingText(value)} ${value.step}`, value);
      if (value.type === 'epoch') epochs.set(`${trainingText(value)} ${value.epoch}`, value);
    } catch {
      // the last line may be torn
    }
  }
  return { starts: [...starts.values()], steps: [...steps.values()], epochs: [...epochs.values()] };
}

function parsed(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${name} is not JSON: ${(error as Error).message}`);
  }
}
