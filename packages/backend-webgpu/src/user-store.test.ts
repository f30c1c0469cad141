import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheFolder, folderStore, pageStore } from './user-store';

describe('folderStore', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tenfold-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('keeps texts in whole files alone', async () => {
    const store = folderStore(join(folder, 'not', 'there'));
    expect(await store.read('tiles 1/2')).toBeUndefined();
    await Promise.all(['a', 'b', 'c'].map((text) => store.write('tiles 1/2', text.repeat(10_000))));
    expect(await store.read('tiles 1/2')).toMatch(/^(a+|b+|c+)$/);
    expect(await readdir(join(folder, 'not', 'there'))).toEqual(['tiles-1-2.json']);
  });

  it('fails to write where there can be no folder', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(folderStore(join(folder, 'file')).write('x', 'y')).rejects.toThrow(/ENOTDIR|EEXIST/);
  });
});

it('keeps texts in a page', async () => {
  const entries = new Map<string, string>();
  const store = pageStore({
    getItem: (key) => entries.get(key) ?? null,
    setItem: (key, value) => void entries.set(key, value),
  });
  expect(await store.read('tiles')).toBeUndefined();
  await store.write('tiles', '{}');
  expect(await store.read('tiles')).toBe('{}');
  expect([...entries.keys()]).toEqual(['tenfold tiles']);
});

it('follows the habits of the platform', () => {
  const env = { HOME: '/home/u' };
  expect(cacheFolder({ env, platform: 'linux' })).toBe('/home/u/.cache/tenfold/webgpu');
  expect(cacheFolder({ env: { ...env, XDG_CACHE_HOME: '/x' }, platform: 'linux' })).toBe('/x/tenfold/webgpu');
  expect(cacheFolder({ env, platform: 'darwin' })).toBe('/home/u/Library/Caches/tenfold/webgpu');
  expect(cacheFolder({ env: { LOCALAPPDATA: 'C:/L' }, platform: 'win32' })).toBe('C:/L/tenfold/Cache/webgpu');
  expect(cacheFolder({ env: { ...env, TENFOLD_CACHE: '/t' }, platform: 'linux' })).toBe('/t/webgpu');
});
