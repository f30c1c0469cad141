import { existsSync, rmdirSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and those above it that are missing. Not `mkdir` with `recursive`: that never returns below folders
 * such as Linux's /proc, which say of a new name that it does not exist.
 *
 * @returns the first folder that was made, undefined when all were there
 */
export async function makeFolder(path: string): Promise<string | undefined> {
  const absent: string[] = [];
  for (let folder = resolve(path); !existsSync(folder); folder = dirname(folder)) absent.unshift(folder);
  for (const folder of absent) {
    await mkdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error; // someone else was faster
    });
  }
  if (absent.length === 0) await readdir(path); // a file of that name is no folder
  return absent[0];
}

/** Removes a folder that is empty, and its empty parents up to the first one that was created with it. */
export function removeEmpty(path: string, created: string): void {
  for (let folder = path; folder.startsWith(created); folder = dirname(folder)) {
    try {
      rmdirSync(folder);
    } catch {
      return; // someone else put something there
    }
  }
}
