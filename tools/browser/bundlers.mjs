// Builds the same small program with each bundler, with the settings of a new project: no plugin, no alias, no path to a
// wasm file or a worker. A warning counts as a failure.
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import * as vite from 'vite';
import webpack from 'webpack';

const app = fileURLToPath(new URL('app/', import.meta.url));

// esbuild runs with an empty tsconfigRaw: the paths of the repository's own would lead to sources instead of the built packages.

/** What each bundler writes into a folder: index.html and what it loads. */
export const bundlers = {
  async esbuild(folder) {
    const { warnings } = await esbuild.build({
      entryPoints: [join(app, 'page.js'), join(app, 'worker.js')],
      outdir: folder,
      bundle: true,
      format: 'esm',
      minify: true,
      logLevel: 'silent',
      tsconfigRaw: {},
    });
    if (warnings.length > 0) throw new Error(`esbuild warns: ${warnings.map(({ text }) => text).join('; ')}`);
    copyFileSync(join(app, 'index.html'), join(folder, 'index.html'));
  },

  async vite(folder) {
    const warnings = [];
    const logger = vite.createLogger('warn');
    logger.warn = logger.warnOnce = (message) => warnings.push(message);
    await vite.build({
      root: app,
      base: './',
      configFile: false,
      customLogger: logger,
      logLevel: 'warn',
      // The only warning to ignore here: the size of the program.
      build: { outDir: folder, emptyOutDir: true, chunkSizeWarningLimit: 10_000 },
      worker: { format: 'es' },
    });
    if (warnings.length > 0) throw new Error(`vite warns: ${warnings.join('; ')}`);
  },

  async webpack(folder) {
    const compiler = webpack({
      mode: 'production',
      context: app,
      entry: './page.js',
      output: { path: folder, filename: 'page.js' },
      performance: { hints: false },
      cache: false,
    });
    const stats = await new Promise((resolve, reject) => {
      compiler.run((error, result) => (error ? reject(error) : resolve(result)));
    });
    await new Promise((resolve) => compiler.close(resolve));
    if (stats.hasErrors() || stats.hasWarnings()) {
      throw new Error(
        `webpack: ${stats.toString({ all: false, errors: true, warnings: true, errorDetails: true })}`,
      );
    }
    copyFileSync(join(app, 'index.html'), join(folder, 'index.html'));
  },
};

/** The program for Node as one file; `format` is 'esm' or 'cjs'. */
export async function bundleForNode(outfile, format) {
  const { warnings } = await esbuild.build({
    entryPoints: [join(app, 'node.js')],
    outfile,
    bundle: true,
    platform: 'node',
    format,
    logLevel: 'silent',
    tsconfigRaw: {},
    // tfjs-core's own entry for Node is CommonJS, which an ES module can hold only in its other form.
    ...(format === 'esm' ? { mainFields: ['module', 'main'], ...requireBanner } : {}),
  });
  if (warnings.length > 0) throw new Error(`esbuild warns: ${warnings.map(({ text }) => text).join('; ')}`);
}

// What tfjs-core's dependencies need within an ES module.
const requireBanner = {
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
};
