import { createHash, randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** A short name of this machine: a process id means nothing on another that shares the folder. */
export const hostId = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/** The name of an unfinished file, which says which process writes it. */
export function partialName(): string {
  return `partial-${process.pid}-${hostId}-${randomBytes(4).toString('hex')}`;
}

/**
 * Removes unfinished files of processes that were killed.
 *
 * @param owned whether nobody else works in the folder, so that all unfinished files go. By default only those go whose
 *   process ran on this machine and is gone.
 */
export async function removePartials(
  folder: string,
  { owned = false }: { owned?: boolean } = {},
): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  for (const name of names) {
    const match = /^partial-(\d+)-([0-9a-f]{8})-/.exec(name);
    if (!match || !(owned || (match[2] === hostId && !isAlive(Number(match[1]))))) continue;
    await rm(join(folder, name), { recursive: true, force: true }).catch(() => {}); // the folder may be read-only
  }
}

/** Whether a process of this machine runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // it runs, but belongs to someone else
  }
}
