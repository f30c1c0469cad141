import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type PageServer, servePage } from './page-server';

let server: PageServer;
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tenfold-serve-'));
  mkdirSync(join(folder, 'page', 'assets'), { recursive: true });
  mkdirSync(join(folder, 'data'));
  writeFileSync(join(folder, 'page', 'index.html'), '<p>the page</p>');
  writeFileSync(join(folder, 'page', 'assets', 'a.js'), 'let a');
  writeFileSync(join(folder, 'data', 'test_batch.bin'), 'records');
  writeFileSync(join(folder, 'data', 'other.bin'), 'secret');
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  const [pageFolder, dataFolder] = [join(folder, 'page'), join(folder, 'data')];
  server = await servePage({ pageFolder, dataFolder, host: '127.0.0.1', port: 0 });
});
afterAll(() => server.close());

/** `fetch` would tidy the path. */
const get = (path: string, method = 'GET') =>
  new Promise<{ status?: number; headers: NodeJS.Dict<string | string[]>; body: string }>(
    (resolve, reject) => {
      const { port } = new URL(server.url);
      request({ host: '127.0.0.1', port, path, method }, (response) => {
        let body = '';
        response.on('data', (chunk) => {
          body += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
      })
        .on('error', reject)
        .end();
    },
  );

it.each([
  ['/', '<p>the page</p>', 'text/html; charset=utf-8', 'no-cache'],
  ['/assets/a.js?x', 'let a', 'text/javascript; charset=utf-8', 'max-age=31536000, immutable'],
  ['/cifar10/test_batch.bin', 'records', 'application/octet-stream', 'no-cache'],
])('serves %s, isolated', async (path, body, type, cache) => {
  const { status, headers, body: found } = await get(path);
  expect({ status, found }).toEqual({ status: 200, found: body });
  expect(headers).toMatchObject({
    'content-type': type,
    'cache-control': cache,
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
  });
  expect((await get(path, 'HEAD')).headers['content-length']).toBe(String(body.length));
});

it.each([
  '/none.html',
  '/assets',
  '/../secret.txt',
  '/assets/../../secret.txt',
  '/%2e%2e/secret.txt',
  '/..%2fsecret.txt',
  '/cifar10/other.bin',
  '/cifar10/../secret.txt',
  '/%',
  '//[',
])('has no %s', async (path) => {
  expect(await get(path)).toMatchObject({ status: 404, body: 'not found' });
});

it('only gives', async () => {
  expect((await get('/', 'POST')).status).toBe(405);
});
