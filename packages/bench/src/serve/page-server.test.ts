import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type PageServer, servePage } from './page-server';

let server: PageServer;
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tenfold-serve-'));
  mkdirSync(join(folder, 'page', 'assets'), { recursive: true });
  for (const name of ['cifar10', 'mnist']) mkdirSync(join(folder, 'data', name), { recursive: true });
  writeFileSync(join(folder, 'page', 'index.html'), '<p>the page</p>');
  writeFileSync(join(folder, 'page', 'assets', 'a.js'), 'let a');
  writeFileSync(join(folder, 'data', 'cifar10', 'test_batch.bin'), 'records');
  writeFileSync(join(folder, 'data', 'cifar10', 'other.bin'), 'secret');
  writeFileSync(join(folder, 'data', 'mnist', 't10k-images-idx3-ubyte'), 'digits');
  writeFileSync(join(folder, 'data', 'mnist', 'test_batch.bin'), 'secret');
  writeFileSync(join(folder, 'data', 'test_batch.bin'), 'secret');
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  symlinkSync(join(folder, 'secret.txt'), join(folder, 'data', 'cifar10', 'data_batch_1.bin'));
  symlinkSync(
    join(folder, 'data', 'mnist', 'test_batch.bin'),
    join(folder, 'data', 'cifar10', 'data_batch_3.bin'),
  );
  symlinkSync(join(folder, 'secret.txt'), join(folder, 'page', 'linked.txt'));
  symlinkSync(
    join(folder, 'data', 'cifar10', 'test_batch.bin'),
    join(folder, 'data', 'cifar10', 'data_batch_2.bin'),
  );
  const [pageFolder, dataFolder] = [join(folder, 'page'), join(folder, 'data')];
  server = await servePage({ pageFolder, dataFolder, host: '127.0.0.1', port: 0 });
});
afterAll(() => server.close());

/** `fetch` would tidy the path. */
const get = (path: string, method = 'GET', headers?: { [name: string]: string | string[] }) =>
  new Promise<{ status?: number; headers: NodeJS.Dict<string | string[]>; body: string }>(
    (resolve, reject) => {
      const { port } = new URL(server.url);
      request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
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
  ['/mnist/t10k-images-idx3-ubyte', 'digits', 'application/octet-stream', 'no-cache'],
])('serves %s, isolated', async (path, body, type, cache) => {
  const { status, headers, body: found } = await get(path);
  expect({ status, found }).toEqual({ status: 200, found: body });
  expect(headers).toMatchObject({
    'content-type': type,
    'cache-control': cache,
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    'referrer-policy': 'no-referrer',
    'content-security-policy': expect.stringMatching(/default-src 'self'; .*frame-ancestors 'none'/),
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
  '/cifar10/data_batch_1.bin',
  '/cifar10/data_batch_3.bin',
  '/mnist/test_batch.bin',
  '/mnist/train-images-idx3-ubyte',
  '/test_batch.bin',
  '/linked.txt',
  '/%',
  '//[',
])('has no %s', async (path) => {
  expect(await get(path)).toMatchObject({ status: 404, body: 'not found' });
});

it('follows a link that stays in its folder', async () => {
  expect(await get('/cifar10/data_batch_2.bin')).toMatchObject({ status: 200, body: 'records' });
});

it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('refuses %s and says what it takes', async (method) => {
  expect(await get('/', method)).toMatchObject({
    status: 405,
    headers: { allow: 'GET, HEAD', 'referrer-policy': 'no-referrer' },
  });
});

it.each(['localhost', 'localhost:8010', '127.0.0.1:1', '[::1]:8010', '192.168.0.7', 'LOCALHOST'])(
  'answers as %s',
  async (Host) => {
    expect((await get('/', 'GET', { Host })).status).toBe(200);
  },
);

it.each(['evil.example', 'evil.example:8010', 'localhost.evil.example', '127.0.0.1.evil.example'])(
  "does not answer as '%s', a name that others can point here",
  async (Host) => {
    const { status, body } = await get('/', 'GET', { Host });
    expect(status).toBe(421);
    expect(body).not.toContain('the page');
  },
);

it.each([['Host:'], ['Host: localhost', 'Host: evil.example']])(
  'does not answer to %s %s',
  async (...hosts) => {
    const { port } = new URL(server.url);
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), '127.0.0.1', () => {
        socket.write(`${['GET / HTTP/1.1', ...hosts, 'Connection: close'].join('\r\n')}\r\n\r\n`);
      });
      let text = '';
      socket.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      socket.on('close', () => resolve(text)).on('error', reject);
    });
    expect(answer).toMatch(/^HTTP\/1.1 4\d\d /);
    expect(answer).not.toContain('the page');
  },
);
