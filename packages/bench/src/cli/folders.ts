import { existsSync, rmdirSync } from 'node:fs';
import { mkdir, readdir, rm, statfs, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { UsageError } from './usage-error';

/**
 * Makes sure that files can be written into a folder, by writing one. Leaves nothing behind.
 *
 * @param option the option that named the folder, for the message
 */
export async function checkWritable(option: string, folder: string): Promise<void> {
  const path = resolve(folder);
  let created: string | undefined;
  try {
    created = await makeFolder(path);
    const file = join(path, `.tenfold-${process.pid}`);
    await writeFile(file, '');
    await rm(file);
  } catch (error) {
    throw new UsageError(
      `${option}: cannot write into ${path} (${reason(error)}); name a folder that you may write to`,
    );
  } finally {
    if (created) removeEmpty(path, created);
  }
}

/** Makes sure that a run will not be mixed with what is there already. */
export async function checkEmpty(option: string, folder: string): Promise<void> {
  const path = resolve(folder);
  const names = await readdir(path).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw new UsageError(
      `${option}: cannot read ${path} (${reason(error)}); name a folder that is new or empty`,
    );
  });
  if (names.length === 0) return;
  const isRun = ['run.json', 'results.json', 'steps.jsonl'].some((name) => names.includes(name));
  const advice = names.includes('run.json') ? ', or go on with the run by --resume' : '';
  throw new UsageError(
    `${option}: ${path} ${isRun ? 'holds a run already' : 'is not empty'}; name a folder that is new or empty${advice}`,
  );
}

/** Bytes that can still be written there, or null where the system does not say. */
export async function freeBytes(folder: string): Promise<number | null> {
  for (let path = resolve(folder); ; path = dirname(path)) {
    try {
      const { bavail, bsize } = await statfs(path);
      return bavail * bsize;
    } catch {
      if (path === dirname(path)) return null;
    }
  }
}

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

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const known: Record<string, string> = {
    EACCES: 'no permission',
    EPERM: 'no permission',
    EROFS: 'the file system is read-only',
    ENOSPC: 'the disk is full',
    ENOTDIR: 'a part of the path is a file',
    EEXIST: 'a file of that name exists',
    ENOENT: 'it does not exist and cannot be made',
  };
  return (code && known[code]) ?? message;
}
