import { randomUUID } from 'node:crypto';
import { open, rm, stat, utimes } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { TextDecoder } from 'node:util';
import { hostId, isAlive, readRegularFile } from '@tenfold/files/node';

/** Maximum size of a lock file in bytes; ours have about a hundred. */
const LARGEST = 4096;

/** Options of {@link withLock}. */
export interface LockOptions {
  signal: AbortSignal;
  /** Called once when another process holds the lock. */
  onWait: (message: string) => void;
  /** Milliseconds between heartbeats of the holder. */
  heartbeat?: number;
  /** Milliseconds without a heartbeat after which the holder counts as dead. */
  staleAfter?: number;
  /** Milliseconds between checks of a held lock. */
  poll?: number;
}

/**
 * Runs `work` while holding a lock file, so that processes do not do the same work at once.
 *
 * The file identifies its holder, which touches the file while it works. A holder counts as dead if its process on this machine is
 * gone, or if it has not touched the file for `staleAfter`. The lock only saves work: if two processes hold it, for example after a
 * machine wakes from sleep, both do the work without harm.
 *
 * @throws the signal's reason when it aborts while waiting; file system errors when the lock cannot be created
 */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  { signal, onWait, heartbeat = 2000, staleAfter = 60_000, poll = 200 }: LockOptions,
): Promise<T> {
  const token = randomUUID();
  let said = false;
  let watched = { token: '', touched: Number.NaN, since: 0 };
  while (!(await create(path, token))) {
    signal.throwIfAborted();
    const holder = await look(path);
    if (!holder) continue; // released in the meantime
    if (!said) onWait(`another process${holder.pid ? ` (${holder.pid})` : ''} is fetching; waiting for it`);
    said = true;
    // Ages are measured with the clock of this process, because that of a file server may differ.
    if (holder.token !== watched.token || holder.touched !== watched.touched) {
      watched = { token: holder.token, touched: holder.touched, since: performance.now() };
    }
    const gone = holder.host === hostId && !isAlive(holder.pid);
    if (gone || performance.now() - watched.since > staleAfter) {
      await release(path, holder.token);
      continue;
    }
    await sleep(poll, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
  const beat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {}); // another process has taken the lock, which is harmless
  }, heartbeat);
  beat.unref();
  try {
    return await work();
  } finally {
    clearInterval(beat);
    await release(path, token);
  }
}

async function create(path: string, token: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    try {
      await file.writeFile(JSON.stringify({ token, pid: process.pid, host: hostId }));
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

interface Holder {
  token: string;
  pid: number;
  host: string;
  touched: number;
}

async function look(path: string): Promise<Holder | null> {
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) throw new Error(`${path} is a folder`);
    const content = await readRegularFile(path, LARGEST);
    return content && { ...parse(content), touched: stats.mtimeMs };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/**
 * Parses a lock file. It is empty if its holder was killed before writing to it. Any other content does not identify a holder either.
 */
function parse(content: Uint8Array): Omit<Holder, 'touched'> {
  let found: Partial<Holder> | null = null;
  try {
    found = JSON.parse(new TextDecoder().decode(content));
  } catch {
    // not JSON
  }
  const { token, pid, host } = found ?? {};
  return {
    token: typeof token === 'string' ? token : '',
    pid: Number.isSafeInteger(pid) ? pid! : 0,
    host: typeof host === 'string' ? host : '',
  };
}

/** Removes the lock if it still has this token. */
async function release(path: string, token: string): Promise<void> {
  const holder = await look(path).catch(() => null);
  if (holder?.token === token) await rm(path, { force: true });
}
