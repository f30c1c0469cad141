// Writes src/generated/gradient-configs.js: all gradient definitions of tfjs-core in one ES module whose only import is
// '@tensorflow/tfjs-core'.
//
// tfjs-core ships these definitions (dist/register_all_gradients.js) but does not export them, and its files cannot be
// imported in Node. This script replaces each of their relative imports with the public export of the same name, so that
// the definitions run on the program's copy of tfjs-core. The few modules without a public export are inlined. If a
// release of tfjs-core moves, renames or adds something, the script fails with a message.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const core = dirname(require.resolve('@tensorflow/tfjs-core/package.json'));
const dist = join(core, 'dist');
const version = JSON.parse(readFileSync(join(core, 'package.json'), 'utf8')).version;
const output = fileURLToPath(new URL('../src/generated/gradient-configs.js', import.meta.url));

/** Modules whose exports are public only as properties of a namespace. */
const NAMESPACES = {
  util: 'util',
  'ops/axis_util': 'backend_util',
  'ops/broadcast_util': 'broadcast_util',
  'ops/conv_util': 'backend_util',
  'ops/selu_util': 'backend_util',
  'ops/slice_util': 'slice_util',
};

/** Modules without a public export: each only checks shapes and runs one kernel. */
const INLINED = [
  'ops/avg_pool_3d_grad',
  'ops/avg_pool_grad',
  'ops/conv2d_backprop_filter',
  'ops/conv2d_backprop_input',
  'ops/conv3d_backprop_filter',
  'ops/conv3d_backprop_input',
  'ops/depthwise_conv2d_native_backprop_filter',
  'ops/depthwise_conv2d_native_backprop_input',
  'ops/local_response_normalization_backprop',
  'ops/max_pool_3d_grad',
  'ops/max_pool_grad',
];

/** Modules that are replaced by other code. */
const REPLACED = {
  engine: `import { engine } from '@tensorflow/tfjs-core';\nexport const ENGINE = engine();`,
  // The bundle exports the definitions instead of registering them.
  kernel_registry:
    'export const gradientConfigs = [];\nexport const registerGradient = (config) => gradientConfigs.push(config);',
  'ops/operation': `export { op } from '@tensorflow/tfjs-core';`,
  // The inlined modules receive tensors only.
  tensor_util_env: 'export const convertToTensor = (x) => x;',
};

/** These definitions call chained methods, which tfjs-core alone does not have. */
const PATCHED = {
  'gradients/GatherV2_grad': [
    [
      `import { stack } from '../ops/stack';`,
      `import { slice } from '../ops/slice';\nimport { split } from '../ops/split';\nimport { stack } from '../ops/stack';`,
    ],
    ['x.split(batchSize, 0)', 'split(x, batchSize, 0)'],
    ['indices.slice(i, 1)', 'slice(indices, i, 1)'],
    ['dy.slice(i, 1)', 'slice(dy, i, 1)'],
    ['stacked.reshape(x.shape)', 'reshape(stacked, x.shape)'],
  ],
  'gradients/Prod_grad': [
    ['permutedX.reshape(newShape)', 'reshape(permutedX, newShape)'],
    ['prodGrad.reshape(permutedX.shape)', 'reshape(prodGrad, permutedX.shape)'],
  ],
};

const fail = (message) => {
  throw new Error(
    `generate: tfjs-core ${version}: ${message}\n` +
      'Its gradient definitions have changed; update the tables of packages/gradients/scripts/generate.mjs.',
  );
};

const stamp = `// ${createHash('sha256')
  .update(version)
  .update(readFileSync(fileURLToPath(import.meta.url)))
  .digest('hex')}\n`;
if (read(output).startsWith(stamp)) {
  console.log(`generate: up to date with tfjs-core ${version}`);
} else {
  const started = performance.now();
  const { code, names } = await bundle();
  mkdirSync(dirname(output), { recursive: true });
  writeFileSync(output, stamp + code);
  writeFileSync(
    output.replace(/\.js$/, '.d.ts'),
    `import type { GradConfig } from '@tensorflow/tfjs-core';\n\nexport declare const gradientConfigs: readonly GradConfig[];\n`,
  );
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `generate: ${names} gradients of tfjs-core ${version} (${Math.round(code.length / 1024)} kB, ${seconds} s)`,
  );
}

async function bundle() {
  const [{ build }, tf] = await Promise.all([import('esbuild'), import('@tensorflow/tfjs-core')]);
  const inlined = new Set();
  const copyrights = new Set();

  const toPublicExports = {
    name: 'to-public-exports',
    setup(plugin) {
      plugin.onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => {
        const module = relative(dist, resolve(resolveDir, path)).replace(/\.js$/, '');
        if (module === 'base') return { path: '@tensorflow/tfjs-core', external: true };
        if (module.startsWith('gradients/')) return { path: join(dist, `${module}.js`) };
        // This module holds strings only, so unused ones are dropped.
        if (module === 'kernel_names') return { path: join(dist, `${module}.js`), sideEffects: false };
        if (INLINED.includes(module)) {
          inlined.add(module);
          return { path: join(dist, `${module}.js`) };
        }
        return { path: module, namespace: 'public', sideEffects: false };
      });

      plugin.onLoad({ filter: /.*/, namespace: 'public' }, ({ path: module }) => {
        if (REPLACED[module]) return { contents: REPLACED[module], resolveDir: dist };
        const names = exportedNames(module);
        const namespace = NAMESPACES[module];
        const available = names.filter((name) => name in (namespace ? tf[namespace] : tf));
        if (available.length === 0) fail(`no export of ${module} (${names.join(', ')}) is public`);
        // If a name that is imported is missing here, the bundler reports it with file and line.
        return {
          contents: namespace
            ? `import { ${namespace} } from '@tensorflow/tfjs-core';\n` +
              available
                .map((name) => `export const ${name} = /* @__PURE__ */ (() => ${namespace}.${name})();`)
                .join('\n')
            : `export { ${available.join(', ')} } from '@tensorflow/tfjs-core';`,
          resolveDir: dist,
        };
      });

      plugin.onLoad({ filter: /\.js$/, namespace: 'file' }, ({ path }) => {
        const module = relative(dist, path).replace(/\.js$/, '');
        let contents = readFileSync(path, 'utf8').replace(/^\/\/# sourceMappingURL=.*$/m, '');
        for (const [line] of contents.matchAll(/Copyright \d{4} Google (?:LLC|Inc)/g)) copyrights.add(line);
        for (const [from, to] of PATCHED[module] ?? []) {
          if (contents.split(from).length !== 2) fail(`${module} does not contain "${from}" exactly once`);
          contents = contents.replace(from, to);
        }
        const chained = chainedCalls(contents);
        if (chained.length > 0)
          fail(`${module} calls chained methods, which may not exist: ${chained.join(', ')}`);
        return { contents, resolveDir: dirname(path) };
      });
    },
  };

  const result = await build({
    stdin: {
      contents: `import './register_all_gradients';\nexport { gradientConfigs } from './kernel_registry';`,
      resolveDir: dist,
    },
    plugins: [
      {
        name: 'entry',
        setup(plugin) {
          plugin.onResolve({ filter: /register_all_gradients$/ }, () => ({
            path: join(dist, 'register_all_gradients.js'),
            sideEffects: true,
          }));
        },
      },
      toPublicExports,
    ],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    external: ['@tensorflow/tfjs-core'],
    legalComments: 'none',
    logLevel: 'error',
  });
  const body = result.outputFiles[0].text.replace(/^ *\/\/ .*\n/gm, '');

  const missing = INLINED.filter((module) => !inlined.has(module));
  if (missing.length > 0) fail(`no longer used: ${missing.join(', ')}`);
  const imports = new Set([...body.matchAll(/\bfrom "([^"]+)"/g)].map(([, name]) => name));
  if ([...imports].join() !== '@tensorflow/tfjs-core') fail(`the bundle imports ${[...imports].join(', ')}`);

  const listed = readFileSync(join(dist, 'register_all_gradients.js'), 'utf8').match(
    /const gradConfigs = \[([^\]]*)\]/,
  );
  const names =
    listed?.[1].split(',').filter((name) => name.trim()).length ?? fail('register_all_gradients has no list');
  const files = readdirSync(join(dist, 'gradients')).filter((name) => name.endsWith('_grad.js')).length;
  if (files > names) fail(`there are ${files} files of gradients, but only ${names} are registered`);
  return { code: header([...copyrights].sort()) + body, names };
}

/** The names that a module of tfjs-core exports. */
function exportedNames(module) {
  const source = read(join(dist, `${module}.js`)) || fail(`there is no dist/${module}.js`);
  const names = [...source.matchAll(/^export (?:async )?(?:const|let|function|class) (\w+)/gm)].map(
    ([, name]) => name,
  );
  for (const [, list] of source.matchAll(/^export \{([^}]*)\}/gm)) {
    names.push(
      ...list.split(',').map((entry) =>
        entry
          .trim()
          .split(/\s+as\s+/)
          .pop(),
      ),
    );
  }
  // util exports again what util_base defines.
  for (const [, from] of source.matchAll(/^export \* from '\.\/(\w+)'/gm)) names.push(...exportedNames(from));
  return [...new Set(names.filter(Boolean))];
}

/** Calls of methods that tensors have only once tfjs-core's chained operations are registered. */
function chainedCalls(source) {
  const ofArraysAndMath = [
    'slice',
    'concat',
    'reverse',
    'split',
    'sqrt',
    'min',
    'max',
    'exp',
    'log',
    'floor',
    'ceil',
    'pow',
    'abs',
  ];
  const names = readdirSync(join(dist, 'public/chained_ops'))
    .filter((name) => name.endsWith('.js') && !name.startsWith('register'))
    .map((name) => name.slice(0, -3).replace(/_(\w)/g, (_, letter) => letter.toUpperCase()))
    .filter((name) => !ofArraysAndMath.includes(name));
  return [...source.matchAll(new RegExp(`\\.(${names.join('|')})\\(`, 'g'))].map(([call]) => `${call})`);
}

function header(copyrights) {
  return `/**
 * @license
 * The gradient definitions of TensorFlow.js (tfjs-core ${version}), bundled into one module: imports of tfjs-core's
 * internal modules became imports of its public exports, and calls of chained methods became calls of functions.
${copyrights.map((line) => ` * ${line}. All Rights Reserved.`).join('\n')}
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 * http://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */
`;
}

/** The contents of a file; empty when it does not exist. */
function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
