import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { object, show } from '@tenfold/checks';
import { z } from 'zod';
import { isMissing } from '../lib/files';
import { lastEpoch } from '../results/accuracy';
import { groupSeeds } from '../results/group-seeds';
import { parseResults, type Results } from '../results/results';
import { describeFile } from './describe-file';
import { findLockHolder, LOCK } from './lock';
import { isModified } from './run-record';
import { emptyState, readState } from './run-state';

/** The status of a run, according to its folder. */
export interface RunStatus {
  /** The name of the folder. */
  name: string;
  /** When it began; null when no file has it. */
  createdAt: string | null;
  state: 'finished' | 'running' | 'stopped' | 'damaged';
  /** Details of the state: the process, the step, the damage; null without any. */
  detail: string | null;
  profile: string | null;
  backend: string | null;
  seeds: number[];
  /** Model to accuracy after its last finished epoch, the mean over seeds; null without one. */
  accuracies: Record<string, number | null>;
}

type Header = Pick<RunStatus, 'createdAt' | 'profile' | 'backend' | 'seeds'> & { models: string[] };

const LOG = 'steps.jsonl';
const STATES = ['state.json', 'state.previous.json'];
const TAIL = 65_536; // bytes read from the end of the log, enough for several steps

/**
 * Reads the status of a run without changing it. Runs of other versions are read as far as possible.
 *
 * Files that cannot be read make the run `damaged`, with the reasons in `detail`; nothing is thrown, so that one such run
 * does not hide the others.
 *
 * @param folder the folder of a run
 */
export async function runStatus(folder: string, name: string): Promise<RunStatus> {
  const results = await readResults(folder);
  const record = await readHeader(folder);
  if (results && !(results instanceof Error)) return describeFinished(name, results, record);

  const header = record instanceof Error ? undefined : record;
  const lock = await describeFile(join(folder, LOCK));
  const holder = lock === undefined ? findLockHolder(folder) : undefined;
  const step = await lastStep(folder).catch((error: Error) => error);
  const where =
    step && !(step instanceof Error) ? `${step.model} at step ${step.step} of ${step.totalSteps}` : undefined;
  const stateDamage: Error[] = [];
  const warn = (message: string) => void stateDamage.push(new Error(message.replace(join(folder, '/'), '')));
  const status = {
    name,
    createdAt: header?.createdAt ?? null,
    profile: header?.profile ?? null,
    backend: header?.backend ?? null,
    seeds: header?.seeds ?? [],
    accuracies: await accuraciesSoFar(folder, header?.models ?? [], warn),
  };
  if (holder) {
    const detail = [`process ${holder.pid} on ${holder.host}`, where].filter(Boolean).join(', ');
    return { ...status, state: 'running', detail };
  }
  if (lock !== undefined) stateDamage.push(new Error(`${LOCK} ${lock}`));
  const damage = [results, record, step, ...stateDamage]
    .filter((file) => file instanceof Error)
    .map(({ message }) => message);
  if (damage.length > 0) return { ...status, state: 'damaged', detail: damage.join('; ') };
  return { ...status, state: 'stopped', detail: where ?? 'before its first step' };
}

function describeFinished(name: string, results: Results, record: Header | Error): RunStatus {
  const accuracies = groupSeeds(results.models).map((group): [string, number | null] => [
    group.name,
    lastEpoch(group)?.mean ?? null,
  ]);
  const diverged = results.models.filter((model) => model.diverged);
  const details = [
    ...listModels(diverged, 'diverged'),
    ...listModels(results.leftOut ?? [], 'did not fit in memory'),
  ];
  return {
    name,
    createdAt: record instanceof Error ? results.createdAt : (record.createdAt ?? results.createdAt),
    state: 'finished',
    detail: details.length > 0 ? details.join('; ') : null,
    profile: results.profile,
    backend: results.backend.name,
    seeds: results.seeds,
    accuracies: Object.fromEntries(accuracies),
  };
}

const listModels = (models: { name: string }[], what: string): string[] =>
  models.length > 0 ? [`${[...new Set(models.map(({ name }) => name))].join(', ')} ${what}`] : [];

/** Undefined when there is none, an error when it is invalid. */
async function readResults(folder: string): Promise<Results | Error | undefined> {
  const text = await readText(folder, 'results.json');
  if (typeof text !== 'string') return text;
  try {
    return parseResults(JSON.parse(text));
  } catch (error) {
    const version = /"schemaVersion":\s*(\d+)/.exec(text)?.[1];
    const other = version !== undefined && version !== '2' && `results.json has schemaVersion ${version}`;
    return new Error(other || `results.json: ${(error as Error).message.split('\n')[0]}`);
  }
}

/** The text of a file; undefined when there is none, an error when it cannot be read. */
async function readText(folder: string, file: string): Promise<string | Error | undefined> {
  const problem = await describeFile(join(folder, file));
  if (problem !== undefined) return new Error(`${file} ${problem}`);
  return readFile(join(folder, file), 'utf8').catch((error: NodeJS.ErrnoException) =>
    isMissing(error) ? undefined : new Error(`${file}: ${error.message}`),
  );
}

// Without the schema of run.json, so that runs of other versions are listed too.
async function readHeader(folder: string): Promise<Header | Error> {
  const text = await readText(folder, 'run.json');
  if (text === undefined) return new Error('there is no run.json');
  if (text instanceof Error) return text;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return new Error('run.json is not JSON');
  }
  if (!object.accepts(value)) return new Error(`run.json is ${show(value)} instead of an object`);
  const record = value as Record<string, unknown>;
  // Records of old versions have no digest.
  if (record.sha256 !== undefined && (await isModified(record))) {
    return new Error('run.json was modified after the run began; restore it to resume the run');
  }
  const word = (value: unknown) => (typeof value === 'string' ? value : null);
  const list = (value: unknown): unknown[] =>
    Array.isArray(value) ? value : value === undefined ? [] : [value];
  return {
    createdAt: word(record.createdAt),
    profile: word(record.profile),
    backend: word((record.backend as { name?: unknown } | undefined)?.name),
    seeds: list(record.seeds ?? record.seed).filter((seed) => typeof seed === 'number'),
    models: list(record.models).filter((model) => typeof model === 'string'),
  };
}

/** The accuracies of an unfinished run: of finished models, and of the last epoch of the current one. */
async function accuraciesSoFar(
  folder: string,
  models: string[],
  warn: (message: string) => void,
): Promise<RunStatus['accuracies']> {
  const problems = await Promise.all(
    STATES.map(async (file) => {
      const problem = await describeFile(join(folder, file));
      return problem === undefined ? [] : [`${file} ${problem}`];
    }),
  );
  for (const problem of problems.flat()) warn(problem);
  const state = problems.flat().length > 0 ? emptyState : await readState(folder, warn);
  const groups = groupSeeds(state.finished.map(({ result }) => result));
  const found = new Map(groups.map((group) => [group.name, lastEpoch(group)?.mean ?? null]));
  const [newest] = state.checkpoints;
  const epoch = newest?.progress.history.at(-1);
  if (newest && epoch && !found.has(newest.model)) found.set(newest.model, epoch.testAccuracy);
  const names = [...new Set([...models, ...found.keys()])];
  return Object.fromEntries(names.map((name) => [name, found.get(name) ?? null]));
}

const loggedStep = z.object({
  type: z.literal('step'),
  model: z.string(),
  step: z.number(),
  totalSteps: z.number(),
});
type LoggedStep = z.infer<typeof loggedStep>;

/**
 * The last step in the log, whose last line may be torn.
 *
 * @throws when the log cannot be read
 */
async function lastStep(folder: string): Promise<LoggedStep | undefined> {
  const path = join(folder, LOG);
  const problem = await describeFile(path);
  if (problem !== undefined) throw new Error(`${LOG} ${problem}`);
  const stats = await stat(path).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (!stats) return undefined;
  const file = await open(path);
  try {
    const { size } = stats;
    const length = Math.min(size, TAIL);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    for (const line of buffer.toString('utf8').split('\n').reverse()) {
      const step = parseStep(line);
      if (step) return step;
    }
    return undefined;
  } finally {
    await file.close();
  }
}

function parseStep(line: string): LoggedStep | undefined {
  try {
    return loggedStep.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
