import { builtinModules } from 'node:module';

// The most that importing everything of a package may cost a web page: minified and compressed with gzip, what it
// imports of @tenfold included, tfjs not.
const limits = {
  activations: '9 kB',
  architectures: '26 kB',
  'backend-simd': '160 kB',
  'backend-webgpu': '42 kB',
  checks: '4 kB',
  datasets: '60 kB',
  gradients: '15 kB',
  kernels: '6 kB',
  layers: '40 kB',
  losses: '14 kB',
  metrics: '10 kB',
  optimizers: '24 kB',
  random: '3 kB',
  regularizers: '9 kB',
  training: '35 kB',
};

// What a page gets is another file where a package has one for Node as well.
const entries = { datasets: 'index.browser.js', training: 'index.browser.js' };

export default Object.entries(limits).map(([name, limit]) => ({
  name: `@tenfold/${name}`,
  path: `packages/${name}/dist/${entries[name] ?? 'index.js'}`,
  limit,
  gzip: true,
  ignore: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-cpu', '@tensorflow/tfjs-backend-webgpu'],
  modifyEsbuildConfig: (config) => ({
    ...config,
    external: [...(config.external ?? []), 'node:*', ...builtinModules],
  }),
}));
