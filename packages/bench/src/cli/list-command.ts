import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { terminalColumns } from '../lib/fold';
import { missing, percent } from '../lib/format';
import { renderText } from '../present/tables/table';
import { type RunStatus, runStatus } from '../run-folder/run-status';
import { commandName } from './command-name';
import type { Streams } from './dependencies';
import { isRunFolder } from './find-run';
import { UsageError } from './usage-error';

/** Lists the runs in a folder, the newest last. */
export async function listCommand(
  { dir, json = false }: { dir: string; json?: boolean },
  { out, env }: Streams,
): Promise<number> {
  const folder = resolve(dir);
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' && dir === 'runs') return [];
    const reason =
      error.code === 'ENOTDIR'
        ? 'it is a file'
        : error.code === 'ENOENT'
          ? 'it does not exist'
          : error.message;
    throw new UsageError(`list: --dir: cannot read ${folder} (${reason}); name a folder with runs`);
  });
  const runs = await Promise.all(
    names
      .filter((name) => existsSync(join(folder, name)) && isRunFolder(join(folder, name)))
      .map((name) => runStatus(join(folder, name), name)),
  );
  const date = ({ createdAt }: RunStatus) => createdAt ?? '';
  runs.sort((a, b) => date(a).localeCompare(date(b)) || a.name.localeCompare(b.name));
  if (json) out.write(`${JSON.stringify(runs, null, 2)}\n`);
  else if (runs.length === 0)
    out.write(`There are no runs in ${folder}. Run ${commandName(env)} to create one.\n`);
  else out.write(`${renderText(createTable(runs, folder, commandName(env)), terminalColumns(out))}\n`);
  return 0;
}

function createTable(runs: RunStatus[], folder: string, start: string) {
  const columns = ['Run', 'Date', 'State', 'Profile', 'Backend', 'Accuracies'].map((heading) => ({
    heading,
  }));
  // A line break in the name of a folder would break the table.
  const oneLine = (name: string) => name.replace(/\p{Cc}/gu, (mark) => JSON.stringify(mark).slice(1, -1));
  const rows = runs.map(({ name, createdAt, state, detail, profile, backend, accuracies }) => [
    oneLine(name),
    createdAt?.slice(0, 16).replace('T', ' ') ?? missing,
    detail === null ? state : `${state}: ${detail}`,
    profile ?? missing,
    backend ?? missing,
    Object.entries(accuracies)
      .map(([model, accuracy]) => `${model} ${percent(accuracy)}`)
      .join(', ') || missing,
  ]);
  const notes = runs.some(({ state }) => state === 'stopped')
    ? [`Resume a stopped run with ${start} --resume RUN.`]
    : [];
  return { title: `Runs in ${folder}, dates in UTC`, columns, rows, notes };
}
