import type { Part } from '../../fetching/declaration';
import { type Store, type Stored, StoreError } from '../store';
import { exclusivelyIn } from './exclusively';
import { noSpace } from './no-space';

/**
 * Keeps each part as an entry of the Cache API, which pages and workers of one origin share in every browser and which
 * stores an entry entirely or not at all.
 *
 * @param name of the cache
 */
export function cacheStore(name: string, dataset: Stored): Store {
  // An address that no server can have: the entries can never be mistaken for something fetched.
  const keyOf = ({ file }: Part) => `https://tenfold.invalid/${dataset.name}/${file}`;
  return {
    place: `the browser's cache '${name}'`,

    async read(part) {
      const entry = await (await openCache(name, dataset)).match(keyOf(part));
      if (!entry) return null;
      // One byte more than expected shows that there are too many.
      return new Uint8Array(await (await entry.blob()).slice(0, part.bytes + 1).arrayBuffer());
    },

    async write(part, content) {
      try {
        await (await openCache(name, dataset)).put(keyOf(part), new Response(content));
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
