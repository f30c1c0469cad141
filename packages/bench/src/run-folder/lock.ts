import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { isAlive } from '@tenfold/files/node';
import { z } from 'zod';

const schema = z.object({
  pid: z.int(),
  host: z.string(),
  start: z.iso.datetime(),
  /** Distinguishes the process from a later one with the same number; null where the system has no such value. */
  identity: z.string().nullable(),
});
type Holder = z.infer<typeof schema>;

/** Another process is using the folder. */
export class Locked extends Error {
  override readonly name = 'Locked';
}

export interface Lock {
  /** Synchronous, so that it can run right before the process ends. */
  release(): void;
}

/** The name of the file that marks a folder as used by a process. */
export const LOCK = 'run.lock';
const WRITTEN_WITHIN = 10_000; // milliseconds, after which a lock without content must be left over from a crash

/**
 * Makes this process the only one that uses a folder, by a file with its number, host and start. The lock of a dead process
 * is taken over.
 *
 * @param force takes the lock over from any holder
 * @param warn receives a message about a lock that is taken over
 * @throws a {@link Locked} when a process on this host holds it, or one on another host, which cannot be checked
 */
export function acquireLock(
  folder: string,
  { force = false, warn = () => {} }: { force?: boolean; warn?: (message: string) => void } = {},
): Lock {
  const path = join(folder, LOCK);
  const self: Holder = {
    pid: process.pid,
    host: os.hostname(),
    start: new Date().toISOString(),
    identity: readIdentity(process.pid),
  };
  const content = JSON.stringify(self);
  for (let attempt = 0; attempt < 3; attempt++) {
    if (create(path, content)) {
      return {
        release() {
          if (read(path) === content) rmSync(path, { force: true });
        },
      };
    }
    const found = read(path);
    if (found === undefined) continue; // it has just been released
    const holder = parse(found);
    const why = force ? 'because of --force-unlock' : whyStale(holder, path);
    if (why === undefined) throw new Locked(describe(folder, holder));
    warn(`taking over the lock of ${holder ? `process ${holder.pid}` : 'a process'}: ${why}`);
    if (!remove(path, found)) continue; // another process took it over; check again
  }
  throw new Locked(`other processes are locking ${folder}; try again`);
}

/** The holder of a folder's lock; undefined without a lock, or when the lock is that of a dead process. */
export function findLockHolder(folder: string): { pid: number; host: string; start: string } | undefined {
  const path = join(folder, LOCK);
  const found = read(path);
  const holder = found === undefined ? undefined : parse(found);
  return holder && whyStale(holder, path) === undefined ? holder : undefined;
}

function create(path: string, content: string): boolean {
  let file: number;
  try {
    file = openSync(path, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  try {
    writeSync(file, content);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  return true;
}

/** Removes the lock that was inspected, but not one that another process has created since. */
function remove(path: string, judged: string): boolean {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return false;
  }
  const same = read(aside) === judged;
  if (same) rmSync(aside, { force: true });
  else renameSync(aside, path);
  return same;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function parse(content: string): Holder | undefined {
  try {
    return schema.parse(JSON.parse(content));
  } catch {
    return undefined;
  }
}

function whyStale(holder: Holder | undefined, path: string): string | undefined {
  if (!holder) {
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    return age > WRITTEN_WITHIN ? 'it was never completely written' : undefined;
  }
  if (holder.host !== os.hostname()) return undefined;
  if (!isAlive(holder.pid)) return 'it is dead';
  const identity = readIdentity(holder.pid);
  if (holder.identity !== null && identity !== null) {
    return identity === holder.identity ? undefined : 'another process has its number';
  }
  const boot = Date.now() - os.uptime() * 1000;
  return Date.parse(holder.start) < boot - 60_000 ? 'the machine was rebooted since' : undefined;
}

// Linux: the boot id and the process's start in ticks since boot, the 20th field after the name in parentheses.
function readIdentity(pid: number): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return `${boot}/${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`;
  } catch {
    return null;
  }
}

function describe(folder: string, holder: Holder | undefined): string {
  if (!holder) return `another process is starting in ${folder}; try again in a moment`;
  const who = `process ${holder.pid} on ${holder.host} has been using ${folder} since ${holder.start}`;
  return holder.host === os.hostname()
    ? `${who}; wait for it or stop it`
    : `${who}; this host cannot check whether it is still running. If it is not, add --force-unlock`;
}
