import { existsSync, mkdtempSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { acquireLock, findLockHolder, Locked } from './lock';

const emptyFolder = () => mkdtempSync(join(os.tmpdir(), 'tenfold-lock-'));
const held = (folder: string) => JSON.parse(readFileSync(join(folder, 'run.lock'), 'utf8'));

/** A folder with the lock of someone else. */
function lockedFolder(change: object): string {
  const folder = emptyFolder();
  const lock = acquireLock(folder);
  const content = JSON.stringify({ ...held(folder), ...change });
  lock.release();
  writeFileSync(join(folder, 'run.lock'), content);
  return folder;
}
const DEAD = 2 ** 22 + 1; // above the largest number that Linux gives

it('lets one in at a time, and the next when it is released', () => {
  const folder = emptyFolder();
  const first = acquireLock(folder);
  expect(held(folder)).toMatchObject({ pid: process.pid, host: os.hostname() });
  expect(() => acquireLock(folder)).toThrow(Locked);
  expect(() => acquireLock(folder)).toThrow(
    `process ${process.pid} on ${os.hostname()} has been using ${folder} since`,
  );
  first.release();
  expect(existsSync(join(folder, 'run.lock'))).toBe(false);
  acquireLock(folder).release();
});

it('takes over from a dead process, and says so', () => {
  const folder = lockedFolder({ pid: DEAD });
  const said: string[] = [];
  const lock = acquireLock(folder, { warn: (message) => said.push(message) });
  expect(said).toEqual([`taking over the lock of process ${DEAD}: it is dead`]);
  expect(held(folder).pid).toBe(process.pid);
  lock.release();
});

it.runIf(process.platform === 'linux')('tells a process from a later one of the same number', () => {
  const said: string[] = [];
  acquireLock(lockedFolder({ identity: 'another boot/123' }), { warn: (message) => said.push(message) });
  expect(said).toEqual([expect.stringMatching(/another process has its number/)]);
});

it('takes over from before the last start of the machine where processes have no other mark', () => {
  const start = new Date(Date.now() - os.uptime() * 1000 - 3_600_000).toISOString();
  expect(() => acquireLock(lockedFolder({ identity: null, start }))).not.toThrow();
  expect(() => acquireLock(lockedFolder({ identity: null }))).toThrow(Locked);
});

it('does not judge another host, unless it is forced', () => {
  const folder = lockedFolder({ pid: DEAD, host: 'elsewhere' });
  expect(() => acquireLock(folder)).toThrow(
    /on elsewhere has been using .*; this host cannot check .* add --force-unlock/,
  );
  acquireLock(folder, { force: true });
  expect(held(folder)).toMatchObject({ pid: process.pid, host: os.hostname() });
});

it('waits for one that is being written, and takes over one that never was', () => {
  const folder = emptyFolder();
  const path = join(folder, 'run.lock');
  writeFileSync(path, '');
  expect(() => acquireLock(folder)).toThrow(/is starting in/);
  const old = Date.now() / 1000 - 60;
  utimesSync(path, old, old);
  expect(() => acquireLock(folder)).not.toThrow();
});

it('releases no lock but its own', () => {
  const folder = emptyFolder();
  const first = acquireLock(folder);
  writeFileSync(join(folder, 'run.lock'), 'of another process');
  first.release();
  expect(existsSync(join(folder, 'run.lock'))).toBe(true);
});

it('tells who holds a folder, without taking it', () => {
  const folder = emptyFolder();
  expect(findLockHolder(folder)).toBeUndefined();
  const lock = acquireLock(folder);
  expect(findLockHolder(folder)).toMatchObject({ pid: process.pid, host: os.hostname() });
  lock.release();
  expect(findLockHolder(lockedFolder({ pid: DEAD }))).toBeUndefined();
  expect(findLockHolder(lockedFolder({ pid: DEAD, host: 'elsewhere' }))).toMatchObject({ host: 'elsewhere' });
});
