import { join, resolve } from 'node:path';

/**
 * The folder that keeps CIFAR-10 between runs: inside `cacheDirectory`, else inside the folder that the environment
 * variable TENFOLD_CACHE names, else inside the user's cache folder.
 */
export async function cacheFolder(cacheDirectory: string | undefined): Promise<string> {
  const base = cacheDirectory || process.env.TENFOLD_CACHE || (await userCacheFolder());
  return join(resolve(base), 'cifar10');
}

async function userCacheFolder(): Promise<string> {
  const { default: envPaths } = await import('env-paths');
  return envPaths('tenfold', { suffix: '' }).cache;
}
