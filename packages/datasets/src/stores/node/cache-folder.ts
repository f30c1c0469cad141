import { join, resolve } from 'node:path';

/**
 * The folder that keeps a dataset between runs: inside `cacheDirectory`, else inside the folder that the environment
 * variable TENFOLD_CACHE names, else inside the user's cache folder.
 *
 * @param dataset the name of its function, such as 'cifar10'
 */
export async function cacheFolder(dataset: string, cacheDirectory?: string): Promise<string> {
  const base = cacheDirectory || process.env.TENFOLD_CACHE || (await userCacheFolder());
  return join(resolve(base), dataset);
}

async function userCacheFolder(): Promise<string> {
  const { default: envPaths } = await import('env-paths');
  return envPaths('tenfold', { suffix: '' }).cache;
}
