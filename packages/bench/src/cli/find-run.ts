import { existsSync, statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { parseResults, type Results } from '../results/results';
import { describeFile } from '../run-folder/describe-file';
import { suggestion } from './parse';
import { UsageError } from './usage-error';

const files = ['run.json', 'results.json', 'steps.jsonl'];

/** Whether a folder holds a run, finished or not. */
export const isRunFolder = (path: string): boolean => files.some((file) => existsSync(join(path, file)));

/**
 * The run folder that a command-line argument names: by a path, by the results.json in it, or by a name in runs/.
 *
 * @param command named in the error
 */
export async function findRun(command: string, run: string): Promise<string> {
  const absolute = resolve(run);
  const path = basename(absolute) === 'results.json' && isFile(absolute) ? dirname(absolute) : absolute;
  const found = [path, resolve('runs', run)].find(isRunFolder);
  if (found) return found;
  if (existsSync(path)) {
    throw new UsageError(
      `${command}: ${path} is not a run folder: it has none of ${files.join(', ')}; give the folder of a run`,
    );
  }
  const names = await readdir('runs').catch((): string[] => []);
  const known = names.filter((name) => isRunFolder(resolve('runs', name))).sort();
  const expected =
    known.length > 0 ? `runs/ has ${known.slice(-5).join(', ')}` : `there are no runs in ${resolve('runs')}`;
  throw new UsageError(
    `${command}: there is no ${path} and no run ${run} in runs/; expected a run folder or a name in runs/: ${expected}.${suggestion(run, known)}`,
  );
}

/** The results of a finished run. */
export async function readResults(command: string, path: string): Promise<Results> {
  const file = join(path, 'results.json');
  const problem = await describeFile(file);
  if (problem !== undefined) {
    throw new UsageError(`${command}: ${file} ${problem}; give a run whose results are intact`);
  }
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT')
      throw new UsageError(`${command}: ${file} cannot be read (${error.code ?? error.message})`);
    throw new UsageError(
      `${command}: the run in ${path} is not finished: it has no results.json; resume it with --resume ${path}`,
    );
  });
  try {
    return parseResults(JSON.parse(text));
  } catch (error) {
    throw new UsageError(
      `${command}: ${file} is damaged or has another format version: ${(error as Error).message}`,
    );
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
