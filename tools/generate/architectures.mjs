import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { root } from './api.mjs';
import { fromSource } from './from-source.mjs';
import { options, select, summary, table } from './tables.mjs';

/**
 * Every network of the package as it is by default, and variants of them, each with its trainable parameters and the
 * multiply-adds of one image, both counted by running it.
 *
 * @param variants calls such as `vit({ depth: 4 })`
 * @param exports_ of the package; a network is one that can be called without options and returns a layer
 */
export async function architectureTable(variants, exports_) {
  const networks = select(exports_, 'returning Layer from options').filter(({ options }) =>
    options.every(({ optional }) => optional),
  );
  const of = (network) => variants.filter((call) => call.startsWith(`${network.name}(`));
  const unknown = variants.find((call) => !networks.some((network) => of(network).includes(call)));
  if (unknown) throw new Error(`architectures: there is no network for ${unknown}`);
  const { measure } = await import(pathToFileURL(await bundle()));
  const rows = [];
  for (const network of networks) {
    for (const call of [`${network.name}()`, ...of(network)]) {
      const { parameters, multiplyAdds } = await measure(call);
      rows.push([
        `[\`${call}\`](${network.file})`,
        summary(network),
        `${(parameters / 1e6).toFixed(2)} M`,
        `${(multiplyAdds / 1e6).toFixed(1)} M`,
        // The variants of a network have its options.
        call === `${network.name}()` ? options(network) : '',
      ]);
    }
  }
  const headings = [
    'network',
    'description',
    'parameters',
    'multiply-adds per image',
    'options and defaults',
  ];
  return table(headings, rows);
}

/** Bundles the packages from source, with a program that runs a network on the simd backend. */
async function bundle() {
  const outfile = join(root, '.cache', 'generate', 'architectures.mjs');
  await mkdir(join(root, '.cache', 'generate'), { recursive: true });
  await build({
    stdin: { contents: program, resolveDir: join(root, 'tools', 'generate') },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    outfile,
    logLevel: 'error',
    mainFields: ['module', 'main'],
    plugins: [fromSource],
    // CommonJS dependencies of tfjs-core call require.
    banner: {
      js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`,
    },
  });
  return outfile;
}

const program = `
  import '@tensorflow/tfjs-backend-cpu';
  import * as tf from '@tensorflow/tfjs-core';
  import { configureSimd } from '@tenfold/backend-simd';
  import * as architectures from '@tenfold/architectures';
  import { countFlops } from '@tenfold/kernels';
  import { countParameters, createModel } from '@tenfold/layers';

  configureSimd({ threads: 1 });
  await tf.setBackend('simd');

  export async function measure(call) {
    const names = Object.keys(architectures);
    const layer = new Function(...names, 'return ' + call)(...Object.values(architectures));
    const model = createModel(layer, { seed: 0 });
    const parameters = countParameters(model);
    const { flops } = tf.tidy(() => countFlops(() => model.predict(tf.zeros([1, 32, 32, 3]))));
    model.dispose();
    return { parameters, multiplyAdds: flops / 2 };
  }`;
