import { createHash, randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** A short id of this machine. Process ids are not valid on other machines that share the folder. */
export const hostId = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/** The name of an unfinished file, which identifies the process that writes it. */
export function partialName(): string {
  return `partial-${process.pid}-${hostId}-${randomBytes(4).toString('hex')}`;
}

/**
 * Removes the unfinished files of killed processes.
 *
 * @param owned whether no other process uses the folder, so that all unfinished files are removed. By default, only those of
 *   dead processes on this machine are removed.
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

/** Whether a process on this machine is running. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // it is running, but belongs to another user
  }
}
