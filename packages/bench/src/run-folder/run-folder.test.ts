import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fixtureResults } from '../../test/fixture-results';
import { quick } from '../../test/recipes';
import { FolderGone } from './checkpoints';
import { openRunFolder } from './run-folder';
import type { RunRecord } from './run-record';

const { machine } = fixtureResults();
const record: RunRecord = {
  schemaVersion: 4,
  createdAt: '2026-01-02T03:04:05.678Z',
  command: 'npx @tenfold/bench',
  profile: 'quick',
  models: ['fnn'],
  seeds: [7],
  heldOut: 0,
  v8Flags: false,
  checkpointMinutes: 5,
  backend: { name: 'simd', details: {} },
  recipes: [quick.fnn],
  dataset: { id: 'cifar10', name: 'CIFAR-10', sha256: {} },
  machine,
};
const place = () => join(mkdtempSync(join(tmpdir(), 'tenfold-run-')), 'run');

// Windows does not let a folder be moved while files in it are open.
it.skipIf(process.platform === 'win32').each([
  ['moved', (path: string) => renameSync(path, `${path}-moved`)],
  ['deleted', (path: string) => rmSync(path, { recursive: true })],
  [
    'replaced by another',
    (path: string) => {
      renameSync(path, `${path}-moved`);
      mkdirSync(path);
    },
  ],
])('a folder that is %s while the run trains is noticed, and none is made in its place', async (_, lose) => {
  const path = place();
  const folder = await openRunFolder(path, record);
  expect(folder.checkpoints.isDue()).toBe(false);
  lose(path);
  expect(folder.checkpoints.isDue()).toBe(true);
  await expect(folder.finish(fixtureResults())).rejects.toThrow(FolderGone);
  expect(folder.abandon('the folder is gone')).toBe(false);
  expect(existsSync(path) ? readdirSync(path) : []).toEqual([]);
  const moved = `${path}-moved`;
  if (existsSync(moved)) {
    expect(readFileSync(join(moved, 'steps.jsonl'), 'utf8')).toContain('the folder is gone');
    expect(existsSync(join(moved, 'run.json'))).toBe(true);
  }
});
