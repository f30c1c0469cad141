import { rmdirSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and its missing parents.
 *
 * Node's option `recursive` never returns if a file system reports ENOENT for a new folder in an existing one, as /proc does.
 *
 * @returns the first new folder; undefined if all existed
 * @throws file system errors; EEXIST if the path is a file
 */
export async function makeFolder(path: string): Promise<string | undefined> {
  const folder = resolve(path);
  try {
    return await makeOne(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(folder) === folder) throw error;
    const first = await makeFolder(dirname(folder));
    const last = await makeOne(folder);
    return first ?? last;
  }
}

async function makeOne(folder: string): Promise<string | undefined> {
  try {
    await mkdir(folder);
    return folder;
  } catch (error) {
    const exists = (error as NodeJS.ErrnoException).code === 'EEXIST';
    if (!exists || !(await stat(folder)).isDirectory()) throw error;
    return undefined;
  }
}

/** Removes an empty folder and its empty parents, up to the first folder that was made with it. */
export function removeEmpty(path: string, first: string): void {
  for (let folder = resolve(path); folder.startsWith(first); folder = dirname(folder)) {
    try {
      rmdirSync(folder);
    } catch {
      return; // the folder is not empty
    }
  }
}
