import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import * as files from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { assertRunFiles, describeFile } from './describe-file';
import { LOCK } from './lock';
import { runStatus } from './run-status';

const emptyFolder = () => mkdtempSync(join(tmpdir(), 'describe-file-'));
const isWindows = process.platform === 'win32';
vi.mock('node:fs/promises', { spy: true });
afterEach(() => void vi.restoreAllMocks());

const odd: [string, (path: string) => void, RegExp][] = [
  ['a folder', (path) => mkdirSync(path), /is a folder, expected a file/],
  [
    'a dangling link',
    (path) => symlinkSync('nowhere', path),
    /is a link to nowhere, where nothing is; expected a file/,
  ],
  [
    'a link to itself',
    (path) => symlinkSync(path, path),
    /is a link to .*, where links form a circle; expected/,
  ],
  ['a link to a folder', (path) => symlinkSync(tmpdir(), path), /is a folder, expected a file/],
  ['a named pipe', (path) => execFileSync('mkfifo', [path]), /is a named pipe, expected a file/],
  ['a device', (path) => symlinkSync('/dev/null', path), /is a device, expected a file/],
];
const names = [
  LOCK,
  'run.json',
  'state.json',
  'state.previous.json',
  'steps.jsonl',
  'results.json',
  'report.html',
  'report.md',
];

describe.skipIf(isWindows)('a file of a run that is', () => {
  it.each(odd)('%s is described, and refused with its path', async (_, make, message) => {
    for (const name of names) {
      const folder = emptyFolder();
      make(join(folder, name));
      expect(await describeFile(join(folder, name))).toMatch(message);
      const error: Error = await assertRunFiles(folder).then(
        () => expect.unreachable(),
        (reason) => reason,
      );
      expect(error.message).toMatch(message);
      expect(error.message.startsWith(`${join(folder, name)} is `)).toBe(true);
      expect(error.message).toMatch(/; (restore|move) it/);
      rmSync(join(folder, name), { recursive: true });
      await assertRunFiles(folder);
    }
  });

  it.each(odd)('%s does not hold up the list of runs', async (_, make, message) => {
    for (const name of ['run.json', 'results.json', 'steps.jsonl', 'state.json', LOCK]) {
      const folder = emptyFolder();
      if (name !== 'run.json') writeFileSync(join(folder, 'run.json'), '{}');
      make(join(folder, name));
      const { state, detail } = await runStatus(folder, 'a');
      expect(state).toBe('damaged');
      expect(detail).toMatch(message);
      expect(detail).toContain(name);
    }
  });

  it('not readable is refused', async () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, 'state.json'), '{}');
    // A superuser can read every file.
    vi.mocked(files.access).mockRejectedValueOnce(Object.assign(new Error('denied'), { code: 'EACCES' }));
    await expect(assertRunFiles(folder)).rejects.toThrow(
      /state\.json cannot be read \(no permission\), expected/,
    );
  });
});

it('accepts files, a folder of checkpoints, and their absence', async () => {
  const folder = emptyFolder();
  await assertRunFiles(folder);
  await assertRunFiles(join(folder, 'none'));
  for (const name of names) writeFileSync(join(folder, name), '');
  mkdirSync(join(folder, 'checkpoints'));
  await assertRunFiles(folder);
  rmSync(join(folder, 'checkpoints'), { recursive: true });
  writeFileSync(join(folder, 'checkpoints'), '');
  await expect(assertRunFiles(folder)).rejects.toThrow(
    /checkpoints is a file, expected a folder; restore it/,
  );
});
