import { rmdirSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and those above it that are missing.
 *
 * Node's own `recursive` never returns where a file system answers ENOENT to making a folder in one that exists, as
 * /proc does.
 *
 * @returns the first folder that was made; undefined when all were there
 * @throws file system errors; EEXIST where the path is a file
 */
export async function makeFolder(path: string): Promise<string | undefined> {
  const folder = resolve(path);
  try {
    return await makeOne(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(folder) === folder) throw error;
    const first = await makeFolder(dirname(folder));
    const own = await makeOne(folder);
    return first ?? own;
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

/** Removes a folder that is empty, and its empty parents up to the first one that was made with it. */
export function removeEmpty(path: string, first: string): void {
  for (let folder = resolve(path); folder.startsWith(first); folder = dirname(folder)) {
    try {
      rmdirSync(folder);
    } catch {
      return; // somebody put something there
    }
  }
}
