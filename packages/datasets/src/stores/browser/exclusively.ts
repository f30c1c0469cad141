import type { Store, Stored } from '../store';

/** Runs work while no other tab fetches the dataset into the same store. */
export function exclusivelyIn(name: string, dataset: Stored): Store['exclusively'] {
  return async (work, onWait, signal) => {
    const locks = globalThis.navigator?.locks;
    if (!locks) return work(); // two tabs may both fetch, which is wasteful but harmless
    const lock = `tenfold ${name} ${dataset.name}`;
    let free = true;
    const result = await locks.request(lock, { ifAvailable: true }, (held) => {
      free = held !== null;
      return free ? work() : undefined;
    });
    if (free) return result as Awaited<ReturnType<typeof work>>;
    onWait('another tab is fetching; waiting for it');
    return (await locks.request(lock, { signal }, work)) as Awaited<ReturnType<typeof work>>;
  };
}
