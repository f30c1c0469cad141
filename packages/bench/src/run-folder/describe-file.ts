import { constants, type Stats } from 'node:fs';
import { access, lstat, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LOCK } from './lock';

/**
 * Says what is at a path if it is not what it should be: 'is a folder, expected a file'. Nothing is opened, because to open a named
 * pipe would wait for its writer.
 *
 * @param expected a file, or a folder
 * @returns undefined if it is what it should be, or there is nothing
 */
export async function describeFile(
  path: string,
  expected: 'file' | 'folder' = 'file',
): Promise<string | undefined> {
  try {
    const link = await lstat(path);
    const stats = link.isSymbolicLink() ? await stat(path) : link;
    if (expected === 'file' ? !stats.isFile() : !stats.isDirectory()) {
      return `is ${kindOf(stats)}, expected a ${expected}`;
    }
    await access(path, constants.R_OK);
    return undefined;
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ELOOP') {
      const target = await readlink(path).catch(() => undefined);
      return target === undefined
        ? undefined
        : `is a link to ${target}, where ${code === 'ELOOP' ? 'links form a circle' : 'nothing is'}; expected a ${expected}`;
    }
    if (code === 'ENOTDIR') return undefined; // there is no such folder
    const denied = code === 'EACCES' || code === 'EPERM';
    return `cannot be read (${denied ? 'no permission' : code}), expected a readable ${expected}`;
  }
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFile()) return 'a file';
  if (stats.isFIFO()) return 'a named pipe';
  return stats.isSocket() ? 'a socket' : 'a device';
}

/** What the bench keeps in the folder of a run. */
const FILES = [
  LOCK,
  'run.json',
  'state.json',
  'state.previous.json',
  'steps.jsonl',
  'results.json',
  'report.html',
  'report.md',
];

/**
 * Throws when something in the folder of a run is not what the bench keeps there, before a resumed run would fail at it, perhaps at
 * its end.
 */
export async function assertRunFiles(folder: string): Promise<void> {
  const places = [...FILES.map((name) => [name, 'file'] as const), ['checkpoints', 'folder'] as const];
  for (const [name, expected] of places) {
    const problem = await describeFile(join(folder, name), expected);
    if (problem === undefined) continue;
    const advice =
      name === 'run.json'
        ? 'restore it, or start a new run'
        : name === 'state.json' || name === 'checkpoints'
          ? 'restore it; if you move it away, the run starts again from its first step'
          : `move it away, and resume the run again`;
    throw new Error(`${join(folder, name)} ${problem}; ${advice}`);
  }
}
