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

it.each<[unknown[], RegExp]>([
  [[5], /^cacheFolder: dataset is 5; give a string that is not empty$/],
  [[undefined], /^cacheFolder: dataset is missing; give a string/],
  [[''], /^cacheFolder: dataset is ""; give a string/],
  [['../../x'], /^cacheFolder: "..\/..\/x" cannot name a file; use letters, digits, - and \.$/],
  [['..'], /^cacheFolder: "\.\." cannot name a file/],
  [['.'], /^cacheFolder: "\." cannot name a file/],
  [['a\\..\\..\\b'], /^cacheFolder: .* cannot name a file/],
  [['/etc'], /^cacheFolder: "\/etc" cannot name a file/],
  [['cifar10', 5], /^cacheFolder: cacheDirectory is 5; give a string/],
  [['cifar10', ''], /^cacheFolder: cacheDirectory is ""; give a string/],
])('refuses %j', async (given, message) => {
  await expect(cacheFolder(...(given as [string]))).rejects.toThrow(message);
});
