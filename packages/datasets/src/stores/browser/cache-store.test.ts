import { afterEach, expect, it, vi } from 'vitest';
import { smallDataset } from '../../../test/small-dataset';
import { load } from '../../fetching/load';
import type { LoadOptions } from '../../fetching/load-options';
import { findPlaces } from '../../platform.browser';
import { cacheStore } from './cache-store';

afterEach(() => vi.unstubAllGlobals());
const signal = new AbortController().signal;
const loadInPage = async (options: LoadOptions = {}) =>
  load(smallDataset, await findPlaces(smallDataset, options), options);

it('explains what a page without a cache needs', async () => {
  vi.stubGlobal('caches', undefined);
  await expect(loadInPage()).rejects.toThrow(
    /^cifar10: this page has no Cache API; serve it over https or from localhost/,
  );
});

it('reports a lack of space', async () => {
  const put = () => Promise.reject(new DOMException('Quota exceeded.', 'QuotaExceededError'));
  vi.stubGlobal('caches', { open: async () => ({ put }) });
  const writing = cacheStore('test', smallDataset).write(smallDataset.parts[0]!, new Uint8Array(1));
  await expect(writing).rejects.toThrow(
    /^cifar10: the browser cannot store the dataset \(Quota exceeded\.\); it needs 1 MB/,
  );
});

it('reads at most one byte too many of an entry', async () => {
  const match = async () => new Response(new Uint8Array(1e6));
  vi.stubGlobal('caches', { open: async () => ({ match }) });
  const part = smallDataset.parts[0]!;
  expect(await cacheStore('test', smallDataset).read(part)).toHaveLength(part.bytes + 1);
});

it('works without the Web Locks API', async () => {
  vi.stubGlobal('navigator', {});
  expect(await cacheStore('test', smallDataset).exclusively(async () => 5, vi.fn(), signal)).toBe(5);
});

it('rejects sources that need Node', async () => {
  for (const source of ['npm', 'official', '/a.tar.gz', 'https://example.org/a.tar.gz']) {
    await expect(loadInPage({ sources: [source] })).rejects.toThrow(
      `cifar10: the source '${source}' cannot be used in the browser`,
    );
  }
});
