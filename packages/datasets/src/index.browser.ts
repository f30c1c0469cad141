export { cifar10 } from './cifar10/browser/load-cifar10';
export * from './portable';
