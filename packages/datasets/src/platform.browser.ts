import { browserSource } from './fetching/browser/sources';
import type { DatasetDeclaration } from './fetching/declaration';
import type { LoadPlaces } from './fetching/load';
import type { LoadOptions } from './fetching/load-options';
import { cacheStore } from './stores/browser/cache-store';
import { hasPrivateFiles, privateFilesStore } from './stores/browser/private-files-store';

/** The store and sources of a dataset in a page or worker. Node uses `platform.ts`. */
export async function findPlaces(
  dataset: DatasetDeclaration<unknown>,
  { sources, cacheDirectory = 'tenfold' }: LoadOptions,
): Promise<LoadPlaces> {
  const { name, sources: published } = dataset;
  const usual = [
    ...(published.npm ? ['jsdelivr', 'unpkg'] : []),
    ...(published.official?.endsWith('/') ? ['official'] : []),
  ];
  const store = hasPrivateFiles() ? privateFilesStore : cacheStore;
  return {
    store: store(cacheDirectory, dataset),
    sources: (sources ?? usual).map((text) => browserSource(dataset, text)),
    advice: [
      'What to do: check the network and the allowed connections of the page (Content-Security-Policy);',
      `or serve the files yourself and name their folder: ${name}({ sources: ['/${name}/'] })`,
    ].join(' '),
  };
}
