import { randomUUID } from 'node:crypto';
import { open, rm, stat, utimes } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { TextDecoder } from 'node:util';
import { hostId, isAlive, readRegularFile } from '@tenfold/files/node';

/** Bytes; ours have about a hundred. */
const LARGEST = 4096;

/** Options of {@link withLock}. */
export interface LockOptions {
  signal: AbortSignal;
  /** Called once when another process holds the lock. */
  onWait: (message: string) => void;
  /** Milliseconds between two signs of life of the holder. */
  heartbeat?: number;
  /** Milliseconds without a sign of life after which the holder counts as dead. */
  staleAfter?: number;
  /** Milliseconds between two looks at a lock that is held. */
  poll?: number;
}

/**
 * Runs `work` while holding a lock file, so that processes do the same work one after the other.
 *
 * The file names its holder, who touches it while it works. A holder that is dead (its process has gone from this
 * machine, or the file has not been touched for `staleAfter`) loses the lock. The lock saves work and nothing depends
 * on it: should two processes hold it after all, as they may when a machine wakes from sleep, both only do the work.
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
    if (!holder) continue; // released in between
    if (!said) onWait(`another process${holder.pid ? ` (${holder.pid})` : ''} is fetching; waiting for it`);
    said = true;
    // Ages are taken by this process's own clock: the one of a file server may differ.
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
    utimes(path, now, now).catch(() => {}); // taken from us: harmless, see above
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
 * Reads what {@link create} wrote. A holder that was killed between creating the file and writing into it left it empty;
 * whatever else the file has is nobody's lock, too.
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

/** Removes the lock if it is still the one with this token. */
async function release(path: string, token: string): Promise<void> {
  const holder = await look(path).catch(() => null);
  if (holder?.token === token) await rm(path, { force: true });
}
