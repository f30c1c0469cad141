import { join, resolve } from 'node:path';

/**
 * The cache folder of a dataset: in `cacheDirectory`, or else in the folder in the environment variable TENFOLD_CACHE, or else in the
 * user's cache folder.
 *
 * @param dataset name of the loading function, such as 'cifar10'
 */
export async function cacheFolder(dataset: string, cacheDirectory?: string): Promise<string> {
  const base = cacheDirectory || process.env.TENFOLD_CACHE || (await userCacheFolder());
  return join(resolve(base), dataset);
}

async function userCacheFolder(): Promise<string> {
  const { default: envPaths } = await import('env-paths');
  return envPaths('tenfold', { suffix: '' }).cache;
}
