import { join, mkdir, readdir, readFile, rm, writeAtomically } from '../../../src/lib/files.browser';
import { parseResults, type Results } from '../../../src/results/results';
import { trainingFile, trainingText } from '../../../src/results/training';
import { parseRunRecord, type RunRecord } from '../../../src/run-folder/run-record';
import { type RunState, readState } from '../../../src/run-folder/run-state';
import type { EpochPoint, OpenedRun, RunSummary, StartPoint, StepPoint } from '../protocol';
import { withRunLock } from './lock';

/** The folder of runs in the browser's storage; each has the form that the command line writes. */
export const RUNS = 'runs';
export const runFolder = (run: string): string => join(RUNS, run);

/** All runs in this browser, newest first. */
export async function listRuns(): Promise<RunSummary[]> {
  const names = await readdir(RUNS).catch((): string[] => []);
  const found = await Promise.all(names.map((name) => summarizeResults(name).catch(() => undefined)));
  return found.filter((run) => run !== undefined).sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
}

/** A run with everything that the page shows. */
export async function openRun(name: string): Promise<OpenedRun> {
  const folder = runFolder(name);
  const [summary, results, state, log, names] = await Promise.all([
    summarizeResults(name),
    readResults(name),
    readRunState(name),
    readFile(join(folder, 'steps.jsonl'), 'utf8').catch(() => ''),
    readdir(folder),
  ]);
  const finished = results?.models ?? state.finished.map(({ result }) => result);
  return {
    summary,
    results: results ?? null,
    finished,
    ...parseLog(log),
    predictors: finished
      .map(({ name: model, seed }) => ({ model, seed }))
      .filter((training) => names.includes(`${trainingFile(training)}.safetensors`)),
  };
}

/** The record of a run; undefined when only its results are stored. */
export async function readRecord(run: string): Promise<RunRecord | undefined> {
  const text = await readFile(join(runFolder(run), 'run.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : parseRunRecord(text, 'run.json');
}

/** The files of a run for a download. */
export async function runFiles(run: string): Promise<{ name: string; bytes: Uint8Array }[]> {
  const folder = runFolder(run);
  const files = (await readdir(folder)).filter((name) => name !== 'checkpoints');
  const checkpoints = await readdir(join(folder, 'checkpoints')).catch((): string[] => []);
  const names = [...files, ...checkpoints.map((name) => join('checkpoints', name))];
  return Promise.all(names.map(async (name) => ({ name, bytes: await readFile(join(folder, name)) })));
}

const KNOWN =
  /^(results\.json|run\.json|state(\.previous)?\.json|steps\.jsonl|[\w.-]+\.safetensors|checkpoints\/[\w.-]+\.safetensors)$/;

/**
 * Stores the files of a run from another place.
 *
 * @param files of one run folder; files that the page does not need are left out
 * @returns the name of the stored run
 * @throws when they are not a run
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
      `There is no results.json and no run.json among these files (${names}). Choose the files of a run's folder, or a .zip from this page.`,
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
  const folder = runFolder(name);
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
  await withRunLock(run, () => rm(runFolder(run), { recursive: true, force: true }));
}

async function summarizeResults(name: string): Promise<RunSummary> {
  const [record, results] = await Promise.all([readRecord(name).catch(() => undefined), readResults(name)]);
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
  const progress = describeProgress(await readRunState(name), record);
  return {
    name,
    createdAt,
    dataset: dataset.name,
    profile,
    backend: backend.name,
    models,
    state: 'begun',
    resumable: mine,
    progress: mine ? progress : `${progress}; ${backend.name} runs resume only in Node`,
  };
}

function describeProgress({ finished, checkpoints }: RunState, { models, seeds }: RunRecord): string {
  const done =
    finished.length > 0
      ? `${finished.length} of ${models.length * seeds.length} trainings finished`
      : undefined;
  const [newest] = checkpoints;
  const position = newest && `${newest.model} after step ${newest.progress.step}`;
  return [done, position].filter(Boolean).join(', ') || 'no checkpoint yet';
}

const readRunState = (run: string): Promise<RunState> => readState(runFolder(run), () => {});

async function readResults(run: string): Promise<Results | undefined> {
  const text = await readFile(join(runFolder(run), 'results.json'), 'utf8').catch(() => undefined);
  try {
    return text === undefined ? undefined : parseResults(JSON.parse(text));
  } catch {
    return undefined; // damaged
  }
}

/** The parts of a step log for the charts; of repeated steps only the last line counts. */
function parseLog(log: string): Pick<OpenedRun, 'starts' | 'steps' | 'epochs'> {
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
