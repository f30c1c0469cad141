import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  binFiles,
  type Files,
  pngFiles,
  send,
  serve,
  type TestServer,
  temporaryFolder,
  writeArchive,
  writeFolder,
} from '../../../test/fixtures';
import { imageSize, imagesPerPart, partNames, smallDataset, smallPart } from '../../../test/small-dataset';
import type { ImageDataset } from '../../image-dataset';
import { fileStore } from '../../stores/node/file-store';
import { load } from '../load';
import type { LoadOptions, LoadProgress } from '../load-options';
import { nodeSource } from './sources';

const servers: TestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function start(answer: (response: ServerResponse, path: string, request: number) => void) {
  let requests = 0;
  const server = await serve((_, response, path) => answer(response, path, requests++));
  servers.push(server);
  return server;
}

/** Loads the small dataset, with real code except for its size. */
function loadSmall(folder: string, sources: string[], options: LoadOptions = {}): Promise<ImageDataset> {
  const places = {
    store: fileStore(folder, smallDataset),
    sources: sources.map((text) => nodeSource(smallDataset, text, folder)),
    advice: 'What to do: …',
  };
  return load(smallDataset, places, options);
}

function expectSmallData({ train, test, classNames }: ImageDataset): void {
  const part = imagesPerPart * imageSize;
  partNames.forEach((batch, i) => {
    const { pixels, labels } = smallPart(batch);
    const [set, at] = i < 5 ? [train, i] : [test, 0];
    expect(Buffer.compare(set.images.subarray(at * part, (at + 1) * part), pixels)).toBe(0);
    expect([...set.labels.subarray(at * imagesPerPart, (at + 1) * imagesPerPart)]).toEqual([...labels]);
  });
  expect(train).toMatchObject({ count: 5 * imagesPerPart, height: 32, width: 32, channels: 3 });
  expect(test.count).toBe(imagesPerPart);
  expect(classNames).toHaveLength(10);
}

const keptFiles = partNames.map((batch) => `${batch}.bin`).sort();

async function expectOnlyWholeParts(folder: string, expected = keptFiles): Promise<void> {
  expect((await readdir(folder)).sort()).toEqual(expected);
}

const messages = (events: LoadProgress[]) => events.map(({ message }) => message).join('\n');

describe('sources', () => {
  const forms: [string, () => Files, string][] = [
    ['binary', binFiles, 'cifar-10-batches-bin'],
    ['npm', pngFiles, 'package'],
  ];
  describe.each(forms)('in the %s form', (_, files, inside) => {
    it('loads a local folder', async () => {
      expectSmallData(await loadSmall(await temporaryFolder(), [await writeFolder(files())]));
    });

    it('loads a local archive, also by its file: URL', async () => {
      const path = join(
        await writeFolder({ 'data.tar.gz': await writeArchive(files(), inside) }),
        'data.tar.gz',
      );
      expectSmallData(await loadSmall(await temporaryFolder(), [path]));
      expectSmallData(await loadSmall(await temporaryFolder(), [`file://${path}`]));
    });

    it('loads an archive from a server with one request', async () => {
      const archive = await writeArchive(files(), inside);
      const server = await start((response) => send(response, archive));
      const folder = await temporaryFolder();
      expectSmallData(await loadSmall(folder, [`${server.url}/data.tar.gz`]));
      expect(server.requests).toEqual(['/data.tar.gz']);
      await expectOnlyWholeParts(folder);
    });

    it('loads a folder from a server', async () => {
      const all = files();
      const server = await start((response, path) => {
        const content = all[path.slice('/mirror/'.length)];
        if (content) send(response, content);
        else response.writeHead(404).end();
      });
      expectSmallData(await loadSmall(await temporaryFolder(), [`${server.url}/mirror/`]));
    });
  });

  it('loads an archive that the server compresses again', async () => {
    const { gzipSync } = await import('node:zlib');
    const archive = gzipSync(await writeArchive(binFiles()));
    const server = await start((response) => {
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': archive.length }).end(archive);
    });
    const events: LoadProgress[] = [];
    const onProgress = (event: LoadProgress) => events.push(event);
    expectSmallData(await loadSmall(await temporaryFolder(), [`${server.url}/a.tar.gz`], { onProgress }));
    expect(events[0]).toMatchObject({ phase: 'downloading', totalBytes: null, secondsLeft: null });
  });

  it('reports the bytes, the total and every stored part', async () => {
    const archive = await writeArchive(binFiles());
    const server = await start((response) => send(response, archive));
    const events: LoadProgress[] = [];
    const source = `${server.url}/a.tar.gz`;
    await loadSmall(await temporaryFolder(), [source], { onProgress: (event) => events.push(event) });
    expect(events.findLast(({ phase }) => phase === 'downloading')).toMatchObject({
      source,
      bytes: archive.length,
      totalBytes: archive.length,
    });
    expect(events.filter(({ phase }) => phase === 'storing')).toHaveLength(6);
  });
});

describe('the cache', () => {
  it('is sufficient and silent once it is full', async () => {
    const folder = await temporaryFolder();
    await loadSmall(folder, [await writeFolder(binFiles())]);
    const server = await start((response) => response.writeHead(500).end());
    const events: LoadProgress[] = [];
    const data = await loadSmall(folder, [server.url], { onProgress: (event) => events.push(event) });
    expectSmallData(data);
    expect(server.requests).toEqual([]);
    expect(events).toEqual([]);
  });

  const damages: [string, (path: string) => Promise<void>][] = [
    [
      'one changed bit',
      (path) => readFile(path).then((b) => writeFile(path, b.fill(b[5000]! ^ 1, 5000, 5001))),
    ],
    ['a missing end', (path) => truncate(path, 6000)],
    ['more bytes than it should', (path) => writeFile(path, 'more', { flag: 'a' })],
    ['no bytes', (path) => truncate(path, 0)],
  ];
  it.each(damages)('fetches a part with %s again', async (_, damage) => {
    const folder = await temporaryFolder();
    const source = await writeFolder(pngFiles());
    await loadSmall(folder, [source]);
    await damage(join(folder, 'data_batch_3.bin'));
    const events: LoadProgress[] = [];
    expectSmallData(await loadSmall(folder, [source], { onProgress: (event) => events.push(event) }));
    expect(messages(events)).toMatch(/data_batch_3\.bin .*fetched again/);
    expect(events.filter(({ phase }) => phase === 'storing')).toHaveLength(1);
    await expectOnlyWholeParts(folder);
  });

  it.runIf(process.platform !== 'win32')('fetches a part that is a named pipe again', async () => {
    const folder = await temporaryFolder();
    execFileSync('mkfifo', [join(folder, 'data_batch_1.bin')]);
    const events: LoadProgress[] = [];
    const onProgress = (event: LoadProgress) => events.push(event);
    expectSmallData(await loadSmall(folder, [await writeFolder(binFiles())], { onProgress }));
    expect(messages(events)).toMatch(/data_batch_1\.bin has 0 bytes, expected 9219; .*fetched again/);
    await expectOnlyWholeParts(folder);
  });

  it('fails if a damaged part cannot be fetched', async () => {
    const folder = await temporaryFolder();
    await loadSmall(folder, [await writeFolder(binFiles())]);
    await truncate(join(folder, 'test_batch.bin'), 10);
    await expect(loadSmall(folder, ['/nowhere'])).rejects.toThrow(/no source gave CIFAR-10/);
  });

  it('fails before any request if it cannot be written', async () => {
    const server = await start((response) => response.writeHead(500).end());
    const file = join(await writeFolder({ file: 'in the way' }), 'file');
    const loading = loadSmall(join(file, 'cifar10'), [`${server.url}/a.tar.gz`]);
    await expect(loading).rejects.toThrow(
      /^cifar10: the cache folder .* cannot be written \(.*(ENOTDIR|EEXIST).*cacheDirectory.*TENFOLD_CACHE/,
    );
    expect(server.requests).toEqual([]);
  });

  it('fails if a part cannot be stored', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'data_batch_2.bin', 'in the way'), { recursive: true });
    await expect(loadSmall(folder, [await writeFolder(binFiles())])).rejects.toThrow(
      /cache folder .* cannot be (read|written)/,
    );
    expect((await readdir(folder)).filter((name) => name.startsWith('partial'))).toEqual([]);
  });

  it('removes the unfinished files of killed processes only', async () => {
    const folder = await temporaryFolder();
    const { hostId } = await import('@tenfold/files/node');
    const dead = `partial-${2 ** 22 + 1}-${hostId}-aa`;
    const living = `partial-${process.pid}-${hostId}-bb`;
    const elsewhere = `partial-${2 ** 22 + 1}-00000000-cc`;
    await mkdir(join(folder, dead, 'cache'), { recursive: true });
    for (const name of [living, elsewhere]) await writeFile(join(folder, name), 'x');
    await loadSmall(folder, [await writeFolder(binFiles())]);
    await expectOnlyWholeParts(folder, [...keptFiles, living, elsewhere].sort());
  });
});

describe('failures', () => {
  const archive = writeArchive(binFiles());

  it.each([0.1, 0.5, 0.9, 0.999])('retries an archive that ends after %f of its length', async (fraction) => {
    const bytes = await archive;
    const server = await start((response, _, request) => {
      send(response, request === 0 ? bytes.subarray(0, Math.floor(bytes.length * fraction)) : bytes);
    });
    const events: LoadProgress[] = [];
    const folder = await temporaryFolder();
    const source = `${server.url}/a.tar.gz`;
    expectSmallData(await loadSmall(folder, [source], { onProgress: (event) => events.push(event) }));
    expect(server.requests).toHaveLength(2);
    expect(messages(events)).toMatch(/a\.tar\.gz failed: .*; trying it again/);
    await expectOnlyWholeParts(folder);
  });

  it('retries when the connection breaks', async () => {
    const bytes = await archive;
    const server = await start((response, _, request) => {
      if (request > 0) return send(response, bytes);
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, 2000), () => response.destroy());
    });
    expectSmallData(await loadSmall(await temporaryFolder(), [`${server.url}/a.tar.gz`]));
  });

  it('tries the next source if an archive has other data, and stores no wrong part', async () => {
    const files = binFiles();
    (files['data_batch_4.bin'] as Uint8Array)[77]! ^= 1;
    const wrong = await writeArchive(files);
    const bad = await start((response) => send(response, wrong));
    const events: LoadProgress[] = [];
    const folder = await temporaryFolder();
    const sources = [`${bad.url}/a.tar.gz`, await writeFolder(binFiles())];
    expectSmallData(await loadSmall(folder, sources, { onProgress: (event) => events.push(event) }));
    expect(messages(events)).toMatch(
      /data_batch_4\.bin is damaged or is a different file: its sha256 is [0-9a-f]{64}, expected/,
    );
    expect(messages(events)).toMatch(/trying the next source/);
  });

  it('keeps the parts that a source sent before it failed', async () => {
    const files = binFiles();
    delete files['data_batch_5.bin'];
    const events: LoadProgress[] = [];
    const sources = [await writeFolder(files), await writeFolder(pngFiles())];
    const onProgress = (event: LoadProgress) => events.push(event);
    expectSmallData(await loadSmall(await temporaryFolder(), sources, { onProgress }));
    const kept = events.filter(({ phase }) => phase === 'storing');
    expect(kept.map(({ source }) => source)).toEqual([...Array(5).fill(sources[0]), sources[1]]);
    expect(messages(events)).toMatch(/it has no data_batch_5\.bin/);
  });

  const failing: [string, number, RegExp, (response: ServerResponse) => void][] = [
    ['answers 404', 1, /HTTP 404 Not Found/, (response) => response.writeHead(404).end()],
    ['answers 503', 2, /HTTP 503 Service Unavailable/, (response) => response.writeHead(503).end()],
    [
      'answers with a web page',
      2,
      /it is not a \.tar\.gz but begins with "<html>log in/,
      (response) => send(response, '<html>log in</html>'),
    ],
    ['answers with nothing', 2, /it is empty/, (response) => send(response, '')],
    ['never answers', 2, /no data received for 0\.15 s/, () => {}],
    [
      'stops in the middle',
      2,
      /no data received for 0\.15 s/,
      (response) => {
        response.writeHead(200, { 'content-length': 100_000 });
        archive.then((bytes) => response.write(bytes.subarray(0, 1000)));
      },
    ],
  ];
  it.each(failing)('gives up on a server that %s', async (_, attempts, reason, answer) => {
    const server = await start(answer);
    const folder = await temporaryFolder();
    const loading = loadSmall(folder, [`${server.url}/a.tar.gz`], { stallTimeout: 150 });
    await expect(loading).rejects.toThrow(reason);
    expect(server.requests).toHaveLength(attempts);
    await expectOnlyWholeParts(folder, []);
  });

  it.runIf(process.platform !== 'win32')('does not wait for named pipes on this machine', async () => {
    const folder = await writeFolder(binFiles());
    await rm(join(folder, 'test_batch.bin'));
    execFileSync('mkfifo', [join(folder, 'test_batch.bin')]);
    const loading = loadSmall(await temporaryFolder(), [folder, join(folder, 'test_batch.bin')]);
    await expect(loading).rejects.toThrow(/test_batch\.bin has 0 bytes.*it is neither a file nor a folder/s);
  });

  it('rejects files of a folder that are too large', async () => {
    const files = { ...binFiles(), 'test_batch.bin': new Uint8Array(1e6) };
    await expect(loadSmall(await temporaryFolder(), [await writeFolder(files)])).rejects.toThrow(
      'test_batch.bin has more than 9219 bytes',
    );
  });

  it('is patient with a slow server', async () => {
    const bytes = await archive;
    const server = await start(async (response) => {
      response.writeHead(200, { 'content-length': bytes.length });
      const piece = Math.ceil(bytes.length / 10);
      for (let at = 0; at < bytes.length; at += piece) {
        response.write(bytes.subarray(at, at + piece));
        await new Promise((resolve) => setTimeout(resolve, 60));
      }
      response.end();
    });
    const begin = performance.now();
    const options = { stallTimeout: 400 };
    expectSmallData(await loadSmall(await temporaryFolder(), [`${server.url}/a.tar.gz`], options));
    expect(performance.now() - begin).toBeGreaterThan(500);
  });

  it('lists all sources with their errors and says what to do', async () => {
    const server = await start((response) => response.writeHead(404).end());
    const closed = await start(() => {});
    await closed.close();
    const broken = { ...pngFiles(), 'data_batch_1.png': 'no image' };
    const labels = { ...pngFiles(), 'train_lables.json': '[1,2]' };
    const sources = [
      `${server.url}/a.tar.gz`,
      `${closed.url}/`,
      '/no/such/file.tar.gz',
      await writeFolder(broken),
      await writeFolder(labels),
      await writeFolder({}),
    ];
    const error = await loadSmall(await temporaryFolder(), sources).catch((error) => error);
    expect(error).toBeInstanceOf(AggregateError);
    const lines = error.message.split('\n');
    expect(lines[0]).toBe('cifar10: no source gave CIFAR-10:');
    sources.forEach((source, i) => {
      expect(lines[1 + i]).toContain(`  - ${source}: `);
    });
    expect(lines[1]).toContain('HTTP 404');
    expect(lines[2]).toContain('ECONNREFUSED');
    expect(lines[3]).toContain('ENOENT');
    expect(lines[4]).toContain('data_batch_1.png cannot be decoded');
    expect(lines[5]).toContain('train_lables.json has 2 labels, expected 15 labels');
    expect(lines[6]).toContain('it has no data_batch_1');
    expect(lines[7]).toBe('What to do: …');
    expect(error.errors).toHaveLength(sources.length);
  });
});

describe('canceling', () => {
  it('rejects with the reason and leaves no partial files', async () => {
    const bytes = await writeArchive(binFiles());
    const server = await start((response) => {
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, bytes.length / 2));
    });
    const folder = await temporaryFolder();
    const controller = new AbortController();
    const reason = new Error('enough');
    const loading = loadSmall(folder, [`${server.url}/a.tar.gz`, '/other'], {
      signal: controller.signal,
      onProgress: () => setTimeout(() => controller.abort(reason), 20),
    });
    await expect(loading).rejects.toBe(reason);
    const left = await readdir(folder);
    expect(left.filter((name) => !keptFiles.includes(name))).toEqual([]);
    expectSmallData(await loadSmall(folder, [await writeFolder(binFiles())]));
  });

  it('does nothing if it is already canceled', async () => {
    const folder = join(await temporaryFolder(), 'never');
    await expect(loadSmall(folder, ['/other'], { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
    expect(existsSync(folder)).toBe(false);
  });
});
