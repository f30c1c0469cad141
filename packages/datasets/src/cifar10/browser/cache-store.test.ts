import { afterEach, expect, it, vi } from 'vitest';
import { smallFormat } from '../small-data';
import { cacheStore } from './cache-store';
import { cifar10 } from './load-cifar10';

afterEach(() => vi.unstubAllGlobals());
const signal = new AbortController().signal;

it('says what a page without a cache needs', async () => {
  vi.stubGlobal('caches', undefined);
  await expect(cifar10()).rejects.toThrow(
    /this page has no Cache API; serve it over https or from localhost/,
  );
});

it('says that there is no space', async () => {
  const put = () => Promise.reject(new DOMException('Quota exceeded.', 'QuotaExceededError'));
  vi.stubGlobal('caches', { open: async () => ({ put }) });
  await expect(cacheStore('test', smallFormat).write('test_batch', new Uint8Array(1))).rejects.toThrow(
    /^cifar10: the browser cannot keep the data set \(Quota exceeded\.\); it needs 1 MB/,
  );
});

it('works without the Web Locks API', async () => {
  vi.stubGlobal('navigator', {});
  expect(await cacheStore('test', smallFormat).exclusively(async () => 5, vi.fn(), signal)).toBe(5);
});

it('refuses sources that need Node', async () => {
  for (const source of ['npm', 'official', '/a.tar.gz', 'https://example.org/a.tar.gz']) {
    await expect(cifar10({ sources: [source] })).rejects.toThrow(`the source '${source}' cannot be used`);
  }
  await expect(cifar10({ sources: [] })).rejects.toThrow(/sources is an empty list/);
});
