export { loadCifar10 } from './cifar10/node/load-cifar10';
export * from './portable';
