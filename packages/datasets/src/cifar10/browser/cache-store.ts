import type { BatchName, Format } from '../format';
import { type Store, StoreError } from '../load';
import { exclusivelyIn } from './exclusively';
import { noSpace } from './no-space';

/**
 * Keeps each part as an entry of the Cache API, which pages and workers of one origin share in every browser and which
 * stores an entry entirely or not at all.
 *
 * @param name of the cache
 */
export function cacheStore(name: string, format: Format): Store {
  // An address that no server can have: the entries can never be mistaken for something fetched.
  const keyOf = (batch: BatchName) => `https://tenfold.invalid/cifar10/${batch}.bin`;
  return {
    place: `the browser's cache '${name}'`,

    async read(batch) {
      const entry = await (await openCache(name)).match(keyOf(batch));
      return entry ? new Uint8Array(await entry.arrayBuffer()) : null;
    },

    async write(batch, records) {
      try {
        await (await openCache(name)).put(keyOf(batch), new Response(records));
      } catch (error) {
        if (error instanceof StoreError) throw error;
        throw noSpace(error, format);
      }
    },

    exclusively: exclusivelyIn(name),
  };
}

async function openCache(name: string): Promise<Cache> {
  if (!globalThis.caches) {
    throw new StoreError(
      'cifar10: this page has no Cache API; serve it over https or from localhost, or in Node import the package ' +
        'by its bare name',
    );
  }
  return caches.open(name);
}
