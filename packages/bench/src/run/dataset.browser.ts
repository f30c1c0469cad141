import type { ImageDataset } from '@tenfold/datasets';
import { type DatasetName, datasets } from '../data/datasets';
import type { RunListener } from '../results/run-events';
import type * as node from './dataset';
import { listenToLoading } from './listen-to-loading';

const loaded = new Map<DatasetName, Promise<ImageDataset>>();

export const describeDataset: typeof node.describeDataset = async (id) => {
  const { title, loader } = datasets[id];
  const { parts } = await loader();
  return { id, name: title, sha256: Object.fromEntries(parts.map(({ file, sha256 }) => [file, sha256])) };
};

/** Loads a dataset once per worker: from the browser's storage, the page's host or a CDN. */
export const loadDataset: typeof node.loadDataset = (id, { signal }, listener) => {
  const known = loaded.get(id);
  if (known) return known;
  const loading = load(id, signal, listener).catch((error) => {
    loaded.delete(id); // the next call tries again
    throw error instanceof AggregateError ? inWords(datasets[id].title, error) : error;
  });
  loaded.set(id, loading);
  return loading;
};

async function load(
  id: DatasetName,
  signal: AbortSignal | undefined,
  listener: RunListener,
): Promise<ImageDataset> {
  const { title, loader } = datasets[id];
  const from = await loader();
  const onProgress = listenToLoading(title, listener);
  const served = await servedFolder(id, from.parts.at(-1)!.file);
  return from({ signal, sources: [...served, 'jsdelivr', 'unpkg'], onProgress });
}

/** A message for visitors of the page, for whom a function's options are useless. */
function inWords(title: string, { message, errors }: AggregateError): Error {
  const sources = message.split('\n').filter((line) => line.startsWith('  - '));
  return new AggregateError(
    errors,
    `${title} could not be fetched:\n${sources.join('\n')}\nCheck the network and whether something blocks these hosts. Or run the bench once in Node on this machine: it caches the data, and 'serve' then serves them.`,
  );
}

/** The dataset's folder next to the page, if the host has one: `serve` does when Node has cached the data. */
async function servedFolder(id: DatasetName, file: string): Promise<string[]> {
  const folder = new URL(`./${id}/`, pageAddress()).href;
  try {
    const { ok, headers } = await fetch(new URL(file, folder), { method: 'HEAD' });
    return ok && !headers.get('content-type')?.startsWith('text/html') ? [folder] : [];
  } catch {
    return []; // offline: the storage may have all parts
  }
}

/** Workers are in `assets/` below the page. */
const pageAddress = (): string => globalThis.location.href.replace(/assets\/[^/]*$/, '');
