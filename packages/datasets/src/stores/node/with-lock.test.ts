import { execFileSync } from 'node:child_process';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hostId } from '@tenfold/files/node';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/fixtures';
import { type LockOptions, withLock } from './with-lock';

const signal = new AbortController().signal;
const options = (rest: Partial<LockOptions> = {}): LockOptions => ({
  signal,
  onWait: () => {},
  poll: 10,
  ...rest,
});
const newLock = async () => join(await temporaryFolder(), 'lock');

describe('withLock', () => {
  it('admits one at a time, notifies the others, and cleans up', async () => {
    const path = await newLock();
    let inside = 0;
    let most = 0;
    const told: string[] = [];
    const work = async () => {
      most = Math.max(most, ++inside);
      await sleep(30);
      inside--;
      return 'result';
    };
    const runs = [1, 2, 3, 4].map(() => withLock(path, work, options({ onWait: (m) => told.push(m) })));
    expect(await Promise.all(runs)).toEqual(Array(4).fill('result'));
    expect(most).toBe(1);
    expect(told).toEqual(Array(3).fill(`another process (${process.pid}) is fetching; waiting for it`));
    expect(await readdir(join(path, '..'))).toEqual([]);
  });

  it('is released after the work has failed', async () => {
    const path = await newLock();
    await expect(withLock(path, () => Promise.reject(new Error('no')), options())).rejects.toThrow('no');
    expect(await withLock(path, async () => 1, options())).toBe(1);
  });

  it('takes the lock of a dead process, however new it is', async () => {
    const path = await newLock();
    await writeFile(path, JSON.stringify({ token: 't', pid: 2 ** 22 + 1, host: hostId }));
    expect(await withLock(path, async () => 1, options({ staleAfter: Infinity }))).toBe(1);
  });

  it.each([
    ['from another machine', JSON.stringify({ token: 't', pid: process.pid, host: 'elsewhere' })],
    ['that is empty', ''],
    ['that holds null', 'null'],
    ['that holds a number', '5'],
    ['that holds other things', '{"token":1,"pid":"x","host":[]}'],
  ])('takes a lock %s once it has no heartbeat', async (_, content) => {
    const path = await newLock();
    await writeFile(path, content);
    const begin = performance.now();
    await withLock(path, async () => 1, options({ staleAfter: 200 }));
    expect(performance.now() - begin).toBeGreaterThan(190);
  });

  it('respects a lock of another machine as long as it is touched, even if its clock is wrong', async () => {
    const path = await newLock();
    await writeFile(path, JSON.stringify({ token: 't', pid: 1, host: 'elsewhere' }));
    let past = 1000;
    const touch = setInterval(() => utimes(path, past, past++).catch(() => {}), 40);
    const begin = performance.now();
    setTimeout(() => clearInterval(touch), 600);
    await withLock(path, async () => 1, options({ staleAfter: 250 }));
    expect(performance.now() - begin).toBeGreaterThan(800);
  });

  it('has a heartbeat while it works', async () => {
    const path = await newLock();
    const other = { host: 'elsewhere' };
    const slow = withLock(
      path,
      async () => {
        // As seen from another machine, where only the heartbeat shows that the holder is alive.
        await writeFile(path, JSON.stringify({ token: 'mine', pid: 1, ...other }));
        await sleep(500);
        return performance.now();
      },
      options({ heartbeat: 30 }),
    );
    await sleep(50);
    const second = await withLock(path, async () => performance.now(), options({ staleAfter: 200 }));
    expect(second).toBeGreaterThan(await slow);
  });

  it('stops waiting when it is canceled', async () => {
    const path = await newLock();
    await writeFile(path, JSON.stringify({ token: 't', pid: process.pid, host: hostId }));
    const reason = new Error('enough');
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 50);
    await expect(withLock(path, async () => 1, options({ signal: controller.signal }))).rejects.toBe(reason);
  });

  it('fails when the folder is missing', async () => {
    await expect(withLock('/no/such/folder/lock', async () => 1, options())).rejects.toThrow('ENOENT');
  });

  it.runIf(process.platform !== 'win32')('treats a named pipe in place of a lock as dead', async () => {
    const path = await newLock();
    execFileSync('mkfifo', [path]);
    expect(await withLock(path, async () => 1, options({ staleAfter: 200 }))).toBe(1);
  });

  it('reports a folder in place of a lock', async () => {
    const path = await newLock();
    await mkdir(path);
    await expect(withLock(path, async () => 1, options())).rejects.toThrow(`${path} is a folder`);
  });
});
