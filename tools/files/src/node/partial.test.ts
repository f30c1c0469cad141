import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hostId, partialName, removePartials } from './partial';

const dead = `partial-${2 ** 22 + 1}-${hostId}-aa`; // no process has this number
const elsewhere = `partial-${2 ** 22 + 1}-00000000-cc`;

it('removes the files of dead processes on this machine, and all unfinished files in an owned folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tenfold-files-'));
  const living = partialName();
  for (const name of ['state.json', dead, elsewhere, living]) await writeFile(join(folder, name), '');
  await removePartials(folder);
  expect((await readdir(folder)).sort()).toEqual([elsewhere, living, 'state.json'].sort());
  await removePartials(folder, { owned: true });
  expect(await readdir(folder)).toEqual(['state.json']);
});

it('accepts a folder that does not exist', async () => {
  await expect(removePartials('/no/such/folder')).resolves.toBeUndefined();
});
