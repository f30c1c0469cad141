import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { isAlive } from '@tenfold/files/node';
import { z } from 'zod';

const schema = z.object({
  pid: z.int(),
  host: z.string(),
  start: z.iso.datetime(),
  /** What tells the process from a later one of the same number; null where the system does not say. */
  identity: z.string().nullable(),
});
type Holder = z.infer<typeof schema>;

/** Another process works in the folder. */
export class Locked extends Error {
  override readonly name = 'Locked';
}

export interface Lock {
  /** Synchronous, so that it can be the last thing of a process. */
  release(): void;
}

const FILE = 'run.lock';
const WRITTEN_WITHIN = 10_000; // milliseconds, after which a lock without content was left by a crash

/**
 * Makes this process the only one that works in a folder, by a file with its number, host and start. The lock of a
 * process that is gone is taken over.
 *
 * @param force takes the lock whoever holds it
 * @param say told of a lock that is taken over
 * @throws a {@link Locked} when a process on this host holds it, or one on another host, which cannot be asked
 */
export function acquireLock(
  folder: string,
  { force = false, say = () => {} }: { force?: boolean; say?: (message: string) => void } = {},
): Lock {
  const path = join(folder, FILE);
  const own: Holder = {
    pid: process.pid,
    host: os.hostname(),
    start: new Date().toISOString(),
    identity: identityOf(process.pid),
  };
  const content = JSON.stringify(own);
  for (let attempt = 0; attempt < 3; attempt++) {
    if (create(path, content)) {
      return {
        release() {
          if (read(path) === content) rmSync(path, { force: true });
        },
      };
    }
    const found = read(path);
    if (found === undefined) continue; // it was released just now
    const holder = parse(found);
    const why = force ? 'by --force-unlock' : whyStale(holder, path);
    if (why === undefined) throw new Locked(describe(folder, holder));
    say(`taking over the lock of ${holder ? `process ${holder.pid}` : 'a process'}: ${why}`);
    if (!remove(path, found)) continue; // someone else took it over; ask again
  }
  throw new Locked(`${folder} is being taken by other processes; try again`);
}

/** Who holds the lock of a folder; undefined when nobody does, the lock of a process that is gone included. */
export function holderOf(folder: string): { pid: number; host: string; start: string } | undefined {
  const path = join(folder, FILE);
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

/** Removes the lock that was judged, and not one that another process has put in its place meanwhile. */
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
    return age > WRITTEN_WITHIN ? 'it was never finished' : undefined;
  }
  if (holder.host !== os.hostname()) return undefined;
  if (!isAlive(holder.pid)) return 'it is gone';
  const identity = identityOf(holder.pid);
  if (holder.identity !== null && identity !== null) {
    return identity === holder.identity ? undefined : 'another process has its number now';
  }
  const boot = Date.now() - os.uptime() * 1000;
  return Date.parse(holder.start) < boot - 60_000 ? 'the machine was started after it' : undefined;
}

// Linux: the boot and the process's start in ticks since then, which the 20th field after the name in brackets holds.
function identityOf(pid: number): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return `${boot}/${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`;
  } catch {
    return null;
  }
}

function describe(folder: string, holder: Holder | undefined): string {
  if (!holder) return `another process is about to work in ${folder}; try again in a moment`;
  const who = `process ${holder.pid} on ${holder.host} works in ${folder} since ${holder.start}`;
  return holder.host === os.hostname()
    ? `${who}; wait for it or stop it`
    : `${who}; this host cannot see whether it still does: when it does not, add --force-unlock`;
}
