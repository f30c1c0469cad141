import { readdir, rm, statfs, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { makeFolder, removeEmpty } from '@tenfold/files/node';
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
