import type { DatasetDeclaration } from './fetching/declaration';
import type { LoadPlaces } from './fetching/load';
import type { LoadOptions } from './fetching/load-options';
import { nodeSource } from './fetching/node/sources';
import { cacheFolder } from './stores/node/cache-folder';
import { fileStore } from './stores/node/file-store';

/** The store and sources of a dataset in Node. Browsers use `platform.browser.ts`. */
export async function findPlaces(
  dataset: DatasetDeclaration<unknown>,
  { sources, cacheDirectory }: LoadOptions,
): Promise<LoadPlaces> {
  const { name, sources: published } = dataset;
  const folder = await cacheFolder(name, cacheDirectory);
  const usual = [
    ...(published.npm ? ['npm'] : []),
    ...(published.official ? ['official'] : []),
    ...(published.npm ? ['jsdelivr', 'unpkg'] : []),
  ];
  return {
    store: fileStore(folder, dataset),
    sources: (sources ?? usual).map((text) => nodeSource(dataset, text, folder)),
    advice: [
      "What to do: check the network and npm's settings (npm config get registry, npm config get proxy);",
      `or download the files elsewhere and name their folder or archive: ${name}({ sources: [path] })`,
    ].join(' '),
  };
}
