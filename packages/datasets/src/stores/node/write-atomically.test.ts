import { spawn } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bundled, temporaryFolder } from '../../../test/fixtures';
import { writeAtomically } from './write-atomically';

it('writes a file and replaces it', async () => {
  const path = join(await temporaryFolder(), 'file');
  await writeAtomically(path, new Uint8Array([1, 2, 3]));
  await writeAtomically(path, new Uint8Array([4]));
  expect([...(await readFile(path))]).toEqual([4]);
});

it('leaves nothing behind when it fails', async () => {
  const folder = await temporaryFolder();
  await expect(writeAtomically(join(folder, 'no', 'file'), new Uint8Array(1))).rejects.toThrow('ENOENT');
  expect(await readdir(folder)).toEqual([]);
});

it('shows the old or the new content, whenever the writer is killed', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'file');
  await writeFile(path, 'old');
  const size = 8 * 2 ** 20;
  const script = await bundled('src/stores/node/write-atomically.ts', (module) => [
    `import { writeAtomically } from ${module};`,
    `process.stdout.write('ready');`,
    `for (let i = 1; ; i = 1 + (i % 200)) await writeAtomically(process.argv[2], new Uint8Array(${size}).fill(i));`,
  ]);
  let unfinished = 0;
  for (let round = 0; round < 12; round++) {
    const child = spawn(process.execPath, [script, path]);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    await new Promise((resolve) => setTimeout(resolve, 5 + 7 * round));
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
    const content = await readFile(path);
    if (content.toString() !== 'old') {
      expect(content.length).toBe(size);
      expect(content.every((byte) => byte === content[0])).toBe(true);
    }
    unfinished = (await readdir(folder)).length - 1;
  }
  expect(unfinished).toBeGreaterThan(0); // the kills did hit writes
});
