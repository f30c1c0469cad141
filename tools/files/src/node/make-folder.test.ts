import { existsSync } from 'node:fs';
import { mkdtemp, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder, removeEmpty } from './make-folder';

const emptyFolder = () => mkdtemp(join(tmpdir(), 'tenfold-files-'));

it('makes a folder and its parents, returns the first new one, and keeps an existing one', async () => {
  const root = await emptyFolder();
  const path = join(root, 'a', 'b', 'c');
  expect(await makeFolder(path)).toBe(join(root, 'a'));
  expect((await stat(path)).isDirectory()).toBe(true);
  expect(await makeFolder(path)).toBeUndefined();
});

it('rejects a file, a path below a file and a path where no folder can be made', async () => {
  const file = join(await emptyFolder(), 'file');
  await writeFile(file, '');
  await expect(makeFolder(file)).rejects.toThrow('EEXIST');
  await expect(makeFolder(join(file, 'a', 'b'))).rejects.toThrow('ENOTDIR');
  if (process.platform === 'linux') await expect(makeFolder('/proc/no/such')).rejects.toThrow('ENOENT');
});

it('removes empty folders up to the first new one, and no others', async () => {
  const root = await emptyFolder();
  const path = join(root, 'a', 'b', 'c');
  const first = await makeFolder(path);
  removeEmpty(path, first!);
  expect([existsSync(first!), existsSync(root)]).toEqual([false, true]);
  await makeFolder(path);
  await writeFile(join(root, 'a', 'kept'), '');
  removeEmpty(path, first!);
  expect([existsSync(join(root, 'a', 'b')), existsSync(first!)]).toEqual([false, true]);
});
