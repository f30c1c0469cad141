import type { ImageDataset } from '@tenfold/datasets';
import { type DatasetName, datasets } from '../data/datasets';
import type { RunListener } from '../results/run-events';
import { listenToLoading } from './listen-to-loading';
import type { RunOptions } from './run-options';

/** A run's record of its data: the loaded parts have these digests. */
export interface DatasetRecord {
  id: DatasetName;
  /** Its title, such as 'CIFAR-10'. */
  name: string;
  /** The digest of each part. */
  sha256: Record<string, string>;
}

/** Looks up a dataset without loading it. */
export async function describeDataset(id: DatasetName): Promise<DatasetRecord> {
  const { title, loader } = datasets[id];
  const { parts } = await loader();
  return { id, name: title, sha256: Object.fromEntries(parts.map(({ file, sha256 }) => [file, sha256])) };
}

/** Loads a dataset from this machine's cache or from the network. */
export async function loadDataset(
  id: DatasetName,
  { cacheDirectory, signal }: Pick<RunOptions, 'cacheDirectory' | 'signal'>,
  listener: RunListener,
): Promise<ImageDataset> {
  const { title, loader } = datasets[id];
  const load = await loader();
  return load({ cacheDirectory, signal, onProgress: listenToLoading(title, listener) });
}
