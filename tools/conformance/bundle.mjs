import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fromSource, importSource } from '@tenfold/kernel-cases/bundle.mjs';
import { build } from 'esbuild';

const require = createRequire(import.meta.url);
const core = join(dirname(require.resolve('@tensorflow/tfjs-core/package.json')), 'dist');
const here = fileURLToPath(new URL('.', import.meta.url));

/** Spec files for the operations used in training. The webgpu backend runs only these: on a software GPU all would take long. */
const TRAINING = `
  add_n arithmetic avg_pool basic_lstm_cell batchnorm binary_ops broadcast_to cast clip_by_value clone compare_ops concat
  conv1d conv2d conv2d_depthwise conv2d_separable conv2d_transpose cumprod cumsum depthwise_conv2d div dot dropout elu erf exp
  expand_dims fill fused_conv2d fused_depthwise_conv2d fused_mat_mul gather gradients leaky_relu log log_softmax log_sum_exp
  logsoftmax mat_mul max max_pool maximum mean min minimum moments multi_rnn_cell neg norm ones ones_like one_hot pad pow prelu
  prod range reciprocal relu relu6 reshape reverse rsqrt selu sigmoid slice softmax softplus split sqrt square
  squared_difference squeeze stack step sub sum tanh tile transpose unary_ops unstack variable where zeros zeros_like
  absolute_difference cosine_distance compute_weighted_loss hinge_loss huber_loss log_loss mean_squared_error
  sigmoid_cross_entropy softmax_cross_entropy adadelta_optimizer adagrad_optimizer adam_optimizer adamax_optimizer
  momentum_optimizer optimizer rmsprop_optimizer sgd_optimizer tape`
  .split(/\s+/)
  .filter(Boolean)
  .map((name) => `${name}_test.js`);
const isTested = (backend, path) => backend !== 'webgpu' || TRAINING.includes(basename(path));

// tfjs computes small tensors on the CPU; here the GPU's kernels are to be tested.
const flagsText = (backend) => (backend === 'webgpu' ? '{ WEBGPU_CPU_FORWARD: false }' : '{}');

/** Code that prepares each backend; it runs before the specs are defined. */
const BACKENDS = {
  cpu: () => '',
  webgpu: () => `
    import { registerWebgpu } from '@tenfold/backend-webgpu';
    await registerWebgpu({ allowSoftware: true });`,
  simd: ({ threads, flags }) => `
    import { configureSimd, enableExperimentalV8Flags } from '@tenfold/backend-simd';
    ${flags ? "console.error('V8 flags set:', enableExperimentalV8Flags().join(' ') || 'none');" : ''}
    configureSimd({ threads: ${threads} });`,
};
export const backendNames = Object.keys(BACKENDS);

/**
 * Bundles every spec that tfjs-core ships with one backend and tfjs-core's gradients into one file. The gradients are
 * those that @tenfold/gradients bundles, without its corrections: a few specs expect the errors that it corrects, and what
 * is tested here is the backend. The corrected ones are held against finite differences in that package.
 *
 * Node cannot import tfjs-core's files as they are, and the backend has to meet the very copy of tfjs-core that the
 * specs test: esbuild, told to prefer the `module` field, gives all of them dist/index.js. Packages of this repository
 * are taken from source.
 *
 * @returns the path of the bundle
 */
export async function bundle({ backend, threads, flags }) {
  const names = await readdir(core, { recursive: true });
  const files = names.filter((name) => name.endsWith('_test.js') && isTested(backend, name)).sort();
  const setup = `
    import '@tensorflow/tfjs-core';
    import { registerGradient } from '@tensorflow/tfjs-core';
    import { gradientConfigs } from ${JSON.stringify(join(here, '../../packages/gradients/src/generated/gradient-configs.js'))};
    for (const config of gradientConfigs) registerGradient(config);
    import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';
    import '@tensorflow/tfjs-backend-cpu';
    ${BACKENDS[backend]({ threads, flags })}
    import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util.js';
    setTestEnvs([{ name: '${backend}', backendName: '${backend}', flags: ${flagsText(backend)}, isDataSync: ${backend !== 'webgpu'} }]);`;
  // A separate module: the specs are defined when they are imported, after this one has run.
  const specs = files.map((name) => `import ${JSON.stringify(join(core, name))};`).join('\n');
  const outfile = join(here, 'out', `${backend}.mjs`);
  await mkdir(dirname(outfile), { recursive: true });
  const { metafile } = await build({
    stdin: { contents: `import 'setup';\n${specs}`, resolveDir: here },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    outfile,
    metafile: true,
    logLevel: 'error',
    mainFields: ['module', 'main'],
    plugins: [fromSource, virtual('setup', setup)],
    external: ['jasmine-core', 'webgpu'],
    // The specs are not in tfjs-core's list of files with side effects, and would be dropped.
    ignoreAnnotations: true,
    // CommonJS dependencies of tfjs-core call require.
    banner: {
      js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`,
    },
  });
  const inputs = Object.keys(metafile.inputs);
  const copies = inputs.filter((path) => /tfjs-core\/dist\/(index|tf-core[\w.]*)\.js$/.test(path));
  if (copies.length !== 1)
    throw new Error(`conformance: the bundle has ${copies.length} copies of tfjs-core: ${copies}`);
  return { outfile, files: files.length };
}

/**
 * Makes a backend ready, and the table of cases.
 *
 * @returns what runs a case on the backend, and the cases
 */
export async function loadCases({ backend, threads, flags }) {
  const entry = join(here, 'out', `${backend}-cases.entry.mjs`);
  await mkdir(dirname(entry), { recursive: true });
  await writeFile(
    entry,
    `import * as tf from '@tensorflow/tfjs-core';
    import '@tensorflow/tfjs-backend-cpu';
    ${BACKENDS[backend]({ threads, flags })}
    await tf.setBackend('${backend}');
    export const hasKernel = (kernel) => tf.getKernel(kernel, '${backend}') !== undefined;
    export { checkCase, kernelRows, runnableCases, runOnEngine } from '@tenfold/kernel-cases';`,
  );
  return importSource(entry, join(here, 'out', `${backend}-cases.mjs`));
}

/** A module that exists only in the bundle. */
function virtual(name, contents) {
  return {
    name,
    setup({ onResolve, onLoad }) {
      onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path: name, namespace: 'virtual' }));
      onLoad({ filter: new RegExp(`^${name}$`), namespace: 'virtual' }, () => ({
        contents,
        resolveDir: here,
      }));
    },
  };
}
