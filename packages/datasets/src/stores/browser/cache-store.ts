import type { Part } from '../../fetching/declaration';
import { type Store, type Stored, StoreError } from '../store';
import { exclusivelyIn } from './exclusively';
import { noSpace } from './no-space';

/**
 * Stores each part as an entry of the Cache API. Pages and workers of one origin share it in every browser, and it stores an entry
 * completely or not at all.
 *
 * @param name of the cache
 */
export function cacheStore(name: string, dataset: Stored): Store {
  // A URL that no server can have, so that entries cannot be confused with fetched resources.
  const entryUrl = ({ file }: Part) => `https://tenfold.invalid/${dataset.name}/${file}`;
  return {
    place: `the browser's cache '${name}'`,

    async read(part) {
      const entry = await (await openCache(name, dataset)).match(entryUrl(part));
      if (!entry) return null;
      // Reads one byte more than expected, to detect a file that is too large.
      return new Uint8Array(await (await entry.blob()).slice(0, part.bytes + 1).arrayBuffer());
    },

    async write(part, content) {
      try {
        await (await openCache(name, dataset)).put(entryUrl(part), new Response(content));
      } catch (error) {
        if (error instanceof StoreError) throw error;
        throw noSpace(error, dataset);
      }
    },

    exclusively: exclusivelyIn(name, dataset),
  };
}

async function openCache(name: string, dataset: Stored): Promise<Cache> {
  if (!globalThis.caches) {
    throw new StoreError(
      `${dataset.name}: this page has no Cache API; serve it over https or from localhost, or in Node import the package ` +
        'by its bare name',
    );
  }
  return caches.open(name);
}
