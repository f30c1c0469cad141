import { type ChildProcess, spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { binFiles, bundled, send, serve, temporaryFolder, writeArchive } from '../../../test/fixtures';
import { partNames } from '../../../test/small-dataset';

let program: string;
beforeAll(async () => {
  program = await bundled('test/small-program.ts', (module) => [
    `import { loadInProcess } from ${module};`,
    'await loadInProcess(process.argv[2], process.argv[3]);',
  ]);
});

interface Run {
  child: ChildProcess;
  output: () => string;
  ended: Promise<number | null>;
}

function run(folder: string, source: string): Run {
  const child = spawn(process.execPath, [program, folder, source]);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  return { child, output: () => output, ended: new Promise((resolve) => child.on('close', resolve)) };
}

const keptFiles = partNames.map((batch) => `${batch}.bin`).sort();

it('fetches once if several processes load at once: the others report that they wait, and use the result', async () => {
  const archive = await writeArchive(binFiles());
  const folder = join(await temporaryFolder(), 'cifar10');
  const server = await serve((_, response) => void setTimeout(() => send(response, archive), 1500));
  const runs = [1, 2, 3].map(() => run(folder, `${server.url}/a.tar.gz`));
  expect(await Promise.all(runs.map(({ ended }) => ended))).toEqual([0, 0, 0]);
  const outputs = runs.map(({ output }) => output());
  expect(outputs.every((output) => output.endsWith('loaded\n'))).toBe(true);
  expect(server.requests).toHaveLength(1);
  const waited = outputs.filter((output) => /^waiting another process \(\d+\) is fetching/m.test(output));
  expect(waited).toHaveLength(2);
  expect((await readdir(folder)).sort()).toEqual(keptFiles);
  await server.close();
});

it('takes over from a process that was killed in the middle, before its lock is stale', async () => {
  const archive = await writeArchive(binFiles());
  const folder = join(await temporaryFolder(), 'cifar10');
  const stuck = await serve((_, response) => {
    response.writeHead(200, { 'content-length': archive.length });
    response.write(archive.subarray(0, archive.length - 2000));
  });
  const killed = run(folder, `${stuck.url}/a.tar.gz`);
  while (!/storing data_batch_1/.test(killed.output()))
    await new Promise((resolve) => setTimeout(resolve, 20));
  killed.child.kill('SIGKILL');
  await killed.ended;
  expect(await readdir(folder)).toContain('lock');

  const working = await serve((_, response) => send(response, archive));
  const begin = performance.now();
  const second = run(folder, `${working.url}/a.tar.gz`);
  expect(await second.ended).toBe(0);
  // A lock is stale after 60 s without a heartbeat.
  expect(performance.now() - begin).toBeLessThan(30_000);
  expect(second.output()).toMatch(/loaded\n$/);
  expect((await readdir(folder)).sort()).toEqual(keptFiles);
  await Promise.all([stuck.close(), working.close()]);
});
