import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('.', import.meta.url));
// Tests run from source: a package's bare name means its src/index.ts.
const alias = [
  { find: /^@tenfold\/(testing|kernel-cases)$/, replacement: `${root}tools/$1/src/index.ts` },
  { find: /^@tenfold\/([a-z0-9-]+)$/, replacement: `${root}packages/$1/src/index.ts` },
];

// Packages made of tensor operations are tested on every CPU backend; the others once.
const onTensors = [
  'kernels',
  'activations',
  'losses',
  'metrics',
  'regularizers',
  'optimizers',
  'layers',
  'architectures',
  'training',
  'gradients',
];
const onTensorsTests = onTensors.map((name) => `packages/${name}/src/**/*.test.ts`);
// Tests that do not depend on a backend's kernels and gradients: the training loop (tested on webgpu in tools/webgpu), files,
// schedules and initial values, which are computed in JavaScript.
const notOnWebgpu = [
  'packages/training/**',
  'packages/layers/src/{files,initializers}/*.test.ts',
  'packages/layers/src/model/assign-parameters.test.ts',
  'packages/optimizers/src/{schedules,partition}.test.ts',
];
// Suites that are large on webgpu. After thousands of shaders, the process of one ended in the middle of the next.
const largeOnWebgpu = [
  ...['activations', 'architectures', 'layers', 'losses', 'metrics', 'optimizers'].map(
    (name) => `packages/${name}/src/${name}.test.ts`,
  ),
  'packages/optimizers/src/wrappers.test.ts',
];
// What changes its process (globals, mocks, the folder, the memory, backends) has one to itself.
const alone = [
  'packages/backend-simd/src/*.test.ts',
  'packages/backend-webgpu/src/**/*.test.ts',
  'packages/bench/page/*.test.ts',
  'packages/bench/src/{backends,cli,serve}/*.test.ts',
  'packages/bench/src/run/*.test.ts',
  'packages/bench/src/run/measure/{energy,forecast}.test.ts',
  'packages/datasets/src/catalog/mnist.test.ts',
  'packages/datasets/src/{fetching,stores}/browser/*.test.ts',
  'tools/*/src/**/*.test.ts',
];
const common = { testTimeout: 60_000, hookTimeout: 60_000, pool: 'forks' as const };
// A process runs file after file, so that it loads modules, starts threads and compiles shaders once. The setup
// files restore what importing tfjs-layers changes.
const shared = { ...common, isolate: false };

export default defineConfig({
  resolve: { alias },
  test: {
    // One more than there are cores: tests of the command line, of browsers and of the GPU wait for a fifth of their time.
    maxWorkers: Math.min(availableParallelism() + 1, 8),
    projects: [
      ...['cpu', 'simd'].map((backend) => ({
        resolve: { alias },
        test: {
          ...shared,
          name: backend,
          include: onTensorsTests,
          setupFiles: [`${root}tools/testing/src/setup.${backend}.ts`],
        },
      })),
      ...[
        { name: 'webgpu', ...shared, include: onTensorsTests, exclude: [...notOnWebgpu, ...largeOnWebgpu] },
        { name: 'webgpu-large', ...common, include: largeOnWebgpu, exclude: [] },
      ].map(({ exclude, ...project }) => ({
        resolve: { alias },
        test: {
          ...project,
          exclude: [...exclude, '**/node_modules/**'],
          // A software adapter compiles shaders slowly, especially while other tests run.
          testTimeout: 300_000,
          globalSetup: [`${root}tools/testing/src/webgpu-adapter.ts`],
          setupFiles: [`${root}tools/testing/src/setup.webgpu.ts`],
        },
      })),
      {
        resolve: { alias },
        test: {
          ...shared,
          name: 'node',
          include: ['packages/*/src/**/*.test.ts'],
          exclude: [...onTensorsTests, ...alone, '**/node_modules/**'],
        },
      },
      {
        resolve: { alias },
        test: {
          ...common,
          name: 'alone',
          include: alone,
          exclude: ['**/node_modules/**'],
        },
      },
    ],
  },
});
