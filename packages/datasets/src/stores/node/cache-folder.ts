import { join, resolve } from 'node:path';
import { assertArgument, required, text } from '@tenfold/checks';
import { assertFileName } from '../assert-file-name';

/**
 * The cache folder of a dataset: in `cacheDirectory`, or else in the folder in the environment variable TENFOLD_CACHE, or else in the
 * user's cache folder.
 *
 * @param dataset name of the loading function, such as 'cifar10'
 * @throws when the name is not one of a folder in the cache, such as '..', or `cacheDirectory` is not a string or is empty
 */
export async function cacheFolder(dataset: string, cacheDirectory?: string): Promise<string> {
  assertArgument('cacheFolder', 'dataset', dataset, required(text));
  assertArgument('cacheFolder', 'cacheDirectory', cacheDirectory, text);
  assertFileName('cacheFolder', dataset);
  const base = cacheDirectory || process.env.TENFOLD_CACHE || (await userCacheFolder());
  return join(resolve(base), dataset);
}

async function userCacheFolder(): Promise<string> {
  const { default: envPaths } = await import('env-paths');
  return envPaths('tenfold', { suffix: '' }).cache;
}
