import { readdir, rm, statfs, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { makeFolder, removeEmpty } from '@tenfold/files/node';
import { UsageError } from './usage-error';

/**
 * Checks that files can be written to a folder, by writing one and removing it.
 *
 * @param option the option that named the folder, for the error
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
      `${option}: cannot write into ${path} (${reason(error)}); name a folder that you can write to`,
    );
  } finally {
    if (created) removeEmpty(path, created);
  }
}

/** Checks that a folder is new or empty, so that a run is not mixed with other files. */
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
  const advice = names.includes('run.json') ? ', or resume the run with --resume' : '';
  throw new UsageError(
    `${option}: ${path} ${isRun ? 'already has a run' : 'is not empty'}; name a folder that is new or empty${advice}`,
  );
}

/** Free bytes in a folder, or null where the system does not report them. */
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
    ENOTDIR: 'part of the path is a file',
    EEXIST: 'a file with that name exists',
    ENOENT: 'it does not exist and cannot be created',
  };
  return (code && known[code]) ?? message;
}
