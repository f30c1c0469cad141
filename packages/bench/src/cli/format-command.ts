import { defaultDataset } from '../data/datasets';
import { overrideText } from '../models/overrides';
import type { PlanOptions } from '../run/plan';
import type { RunOptions } from '../run/run-options';
import { commandName } from './command-name';

/** The choices that {@link formatCommand} spells out. */
export type Choices = PlanOptions &
  Pick<RunOptions, 'seeds' | 'heldOut'> & {
    backend: string;
    threads?: number;
    v8Flags: boolean;
    /** How the bench is started; `npx @tenfold/bench` by default. */
    start?: string;
  };

/** The command that repeats a run, with every choice spelled out. */
export function formatCommand({
  dataset = defaultDataset,
  profile,
  models,
  backend,
  seeds,
  heldOut = 0,
  epochs,
  threads,
  v8Flags,
  overrides = [],
  start = 'npx @tenfold/bench',
}: Choices): string {
  const words = [start, `--profile ${profile}`, `--models ${models.join(',')}`];
  words.push(`--backend ${backend}`, `--seed ${seeds[0]}`);
  if (dataset !== defaultDataset) words.push(`--dataset ${dataset}`);
  if (seeds.length > 1) words.push(`--seeds ${seeds.length}`);
  if (heldOut > 0) words.push(`--held-out ${heldOut}`);
  if (epochs !== undefined) words.push(`--epochs ${epochs}`);
  if (threads !== undefined) words.push(`--threads ${threads}`);
  if (!v8Flags) words.push('--no-v8-flags');
  for (const override of overrides) words.push(`--set ${quoted(overrideText(override))}`);
  return words.join(' ');
}

/** The command that resumes a run, for the shell that started it. */
export function formatResumeCommand(path: string, env: NodeJS.ProcessEnv): string {
  return `${commandName(env)} --resume ${quoted(path, '"')}`;
}

const quoted = (word: string, quote = "'"): string =>
  /^[\w@%+=:,./\\-]+$/.test(word)
    ? word
    : quote + word.replaceAll(quote, `${quote}\\${quote}${quote}`) + quote;
