export { cacheFolder } from './cifar10/node/cache-folder';
export { cifar10 } from './cifar10/node/load-cifar10';
export * from './portable';
