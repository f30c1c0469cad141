import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { folderOf, temporaryFolder } from '../../../test/fixtures';
import { makeFolder } from './make-folder';

it('makes a folder and those it lies in, and leaves one that exists', async () => {
  const path = join(await temporaryFolder(), 'a', 'b', 'c');
  await makeFolder(path);
  await makeFolder(path);
  expect((await stat(path)).isDirectory()).toBe(true);
});

it('rejects below a file and where no folder can be', async () => {
  const file = join(await folderOf({ file: '' }), 'file');
  await expect(makeFolder(join(file, 'a', 'b'))).rejects.toThrow('ENOTDIR');
  if (process.platform === 'linux') await expect(makeFolder('/proc/no/such')).rejects.toThrow('ENOENT');
});
