import { type BatchName, type Format, recordSize } from '../format';
import { type Store, StoreError } from '../load';
import { reasonOf } from '../source';

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
        const needed = Math.ceil((6 * format.imagesPerBatch * recordSize) / 1e6);
        throw new StoreError(
          `loadCifar10: the browser cannot keep the data set (${reasonOf(error)}); it needs ${needed} MB: ` +
            'free space, or leave the private window',
          { cause: error },
        );
      }
    },

    async exclusively(work, onWait, signal) {
      const locks = globalThis.navigator?.locks;
      if (!locks) return work(); // two tabs may both fetch: a waste, but no harm
      const lock = `tenfold ${name} cifar10`;
      let free = true;
      const result = await locks.request(lock, { ifAvailable: true }, (held) => {
        free = held !== null;
        return free ? work() : undefined;
      });
      if (free) return result as Awaited<ReturnType<typeof work>>;
      onWait('another tab is fetching; waiting for it');
      return (await locks.request(lock, { signal }, work)) as Awaited<ReturnType<typeof work>>;
    },
  };
}

async function openCache(name: string): Promise<Cache> {
  if (!globalThis.caches) {
    throw new StoreError(
      'loadCifar10: this page has no Cache API; serve it over https or from localhost, or in Node import the package ' +
        'by its bare name',
    );
  }
  return caches.open(name);
}
