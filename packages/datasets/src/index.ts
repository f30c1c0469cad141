export { cacheFolder as cifar10CacheFolder } from './cifar10/node/cache-folder';
export { loadCifar10 } from './cifar10/node/load-cifar10';
export * from './portable';
