export * from './portable';
export { cacheFolder } from './stores/node/cache-folder';
