import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '@tenfold/datasets';
import { type DatasetName, datasetNames, datasets, defaultDataset } from '../data/datasets';
import { type PageServer, servePage } from './page-server';

export interface ServeOptions {
  host: string;
  port: number;
  /** Where datasets are kept. */
  cacheDirectory?: string;
}

/** The page of the bench on this machine. */
export interface BenchServer extends PageServer {
  /** The datasets of which every part is served with the page; it fetches the others from a network. */
  readonly served: DatasetName[];
}

/** Serves the page that was built with the bench, and the datasets that this machine has. */
export async function serveBench({ host, port, cacheDirectory }: ServeOptions): Promise<BenchServer> {
  const pageFolder = fileURLToPath(new URL('./page', import.meta.url));
  if (!existsSync(join(pageFolder, 'index.html'))) {
    throw new Error(`serveBench: ${pageFolder} has no page; build or reinstall @tenfold/bench`);
  }
  const dataFolder = dirname(await cacheFolder(defaultDataset, cacheDirectory));
  const server = await servePage({ pageFolder, dataFolder, host, port });
  return { ...server, served: await completeIn(dataFolder) };
}

async function completeIn(dataFolder: string): Promise<DatasetName[]> {
  const complete: DatasetName[] = [];
  for (const name of datasetNames) {
    const { parts } = await datasets[name].loader();
    if (parts.every(({ file }) => existsSync(join(dataFolder, name, file)))) complete.push(name);
  }
  return complete;
}
