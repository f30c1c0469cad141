import { spawn } from 'node:child_process';
import * as files from 'node:fs/promises';
import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterEach, expect, it, vi } from 'vitest';
import { isSystemError, systemReason } from './system-error';
import { writeAtomically } from './write-atomically';

vi.mock('node:fs/promises', { spy: true });
afterEach(() => {
  vi.restoreAllMocks();
});

const emptyFolder = () => mkdtemp(join(tmpdir(), 'tenfold-files-'));

it('writes text and bytes, replaces an existing file, and leaves no other file', async () => {
  const folder = await emptyFolder();
  await writeAtomically(join(folder, 'a'), 'old');
  await writeAtomically(join(folder, 'a'), 'new ×');
  await writeAtomically(join(folder, 'b'), new Uint8Array([9, 1, 2, 3, 9]).subarray(1, 4));
  expect(await readFile(join(folder, 'a'), 'utf8')).toBe('new ×');
  expect([...(await readFile(join(folder, 'b')))]).toEqual([1, 2, 3]);
  expect(await readdir(folder)).toEqual(['a', 'b']);
});

it('keeps the old content when it cannot finish', async () => {
  const folder = await emptyFolder();
  await mkdir(join(folder, 'a', 'full'), { recursive: true }); // nothing can replace a folder that is not empty
  await expect(writeAtomically(join(folder, 'a'), 'new')).rejects.toSatisfy(isSystemError);
  expect(await readdir(folder)).toEqual(['a']);
  await expect(writeAtomically(join(folder, 'none', 'a'), 'new')).rejects.toThrow(/ENOENT/);
});

it.runIf(process.platform === 'linux')('throws when the disk is full', async () => {
  const folder = await emptyFolder();
  await writeFile(join(folder, 'a'), 'old');
  // Every write to /dev/full fails as on a full disk.
  const { open } = await vi.importActual<typeof files>('node:fs/promises');
  vi.mocked(files.open).mockImplementation((path, flags) =>
    flags === 'wx' ? open('/dev/full', 'w') : open(path, flags),
  );
  const error = await writeAtomically(join(folder, 'a'), 'new').catch((reason: unknown) => reason);
  expect(isSystemError(error) && systemReason(error)).toBe('the disk is full');
  expect(await readFile(join(folder, 'a'), 'utf8')).toBe('old');
  expect(await readdir(folder)).toEqual(['a']);
});

it('leaves the old or the new content whenever the writer is killed', async () => {
  const folder = await emptyFolder();
  const path = join(folder, 'file');
  await writeFile(path, 'old');
  const size = 8 * 2 ** 20;
  const program = join(await emptyFolder(), 'program.mjs');
  await build({
    stdin: {
      contents: `import { writeAtomically } from './write-atomically';
        process.stdout.write('ready');
        for (let i = 1; ; i = 1 + (i % 200)) await writeAtomically(process.argv[2], new Uint8Array(${size}).fill(i));`,
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
      loader: 'ts',
    },
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
  });
  let unfinished = 0;
  for (let round = 0; round < 12; round++) {
    const left = (await readdir(folder)).length;
    const child = spawn(process.execPath, [program, path]);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    await new Promise((resolve) => setTimeout(resolve, 7 * round));
    // Every second kill waits until a write is under way, whatever the machine's speed.
    while (round % 2 === 0 && (await readdir(folder)).length <= left) await new Promise(setImmediate);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
    const content = await readFile(path);
    if (content.toString() !== 'old') {
      expect(content.length).toBe(size);
      expect(content.every((byte) => byte === content[0])).toBe(true);
    }
    unfinished = (await readdir(folder)).length - 1;
  }
  expect(unfinished).toBeGreaterThan(0); // some kills interrupted a write
});
