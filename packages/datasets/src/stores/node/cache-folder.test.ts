import { join, resolve } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { cacheFolder } from './cache-folder';

afterEach(() => vi.unstubAllEnvs());

it('prefers the option, then TENFOLD_CACHE, then the cache folder of the user', async () => {
  vi.stubEnv('TENFOLD_CACHE', '/from-environment');
  expect(await cacheFolder('cifar10', '/from-option')).toBe(resolve('/from-option/cifar10'));
  expect(await cacheFolder('cifar10')).toBe(resolve('/from-environment/cifar10'));
  vi.stubEnv('TENFOLD_CACHE', '');
  vi.stubEnv('XDG_CACHE_HOME', '/xdg');
  if (process.platform === 'linux') expect(await cacheFolder('cifar10')).toBe('/xdg/tenfold/cifar10');
  expect(await cacheFolder('cifar10')).toMatch(
    new RegExp(`tenfold.*${join('/', 'cifar10').replace('\\', '\\\\')}$`),
  );
});
