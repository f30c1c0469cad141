// Runs TypeScript of the workspace from source.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A plugin of esbuild: a package's bare name means its src/index.ts. */
export const fromSource = {
  name: 'from-source',
  setup({ onResolve }) {
    onResolve({ filter: /^@tenfold\/[a-z-]+$/ }, ({ path }) => {
      const name = path.split('/')[1];
      const folder = ['packages', 'tools'].find((group) => existsSync(join(root, group, name)));
      return { path: join(root, folder, name, 'src/index.ts') };
    });
  },
};

/**
 * Bundles a module and imports it. tfjs stays outside of the bundle, so that there is one copy of it.
 *
 * @param entry its file
 * @param outfile where the bundle goes: a place from which tfjs can be imported
 * @returns what it exports
 */
export async function importSource(entry, outfile) {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    plugins: [fromSource],
    external: ['@tensorflow/*', 'webgpu'],
    logLevel: 'error',
  });
  return import(pathToFileURL(outfile).href);
}
