import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const packages = fileURLToPath(new URL('../../', import.meta.url));
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** What needs Node has to have a namesake for browsers; without it, the build says which file it is. */
const noNode: Plugin = {
  name: 'no-node',
  enforce: 'pre',
  resolveId(name, importer) {
    if (name.startsWith('node:')) throw new Error(`${importer} imports ${name}, which no browser has`);
  },
  transform(code, id) {
    const found =
      id.startsWith(`${packages}bench/`) &&
      /\b(?:setImmediate\(|Buffer\.|process\.(?:env|memoryUsage|version|platform))/.exec(code);
    if (found) throw new Error(`${id} uses ${found[0]}, which no browser has`);
  },
};

/** The page, from the sources of all packages: a folder of files that any host can serve, from any path. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  resolve: {
    // A file that needs Node has a namesake for browsers beside it.
    extensions: ['.browser.ts', '.ts', '.mjs', '.js', '.json'],
    alias: [{ find: /^@tenfold\/([a-z0-9-]+)$/, replacement: `${packages}$1/src/index` }],
  },
  plugins: [noNode, licenses('licenses.md')],
  build: {
    outDir: fileURLToPath(new URL('../dist/page', import.meta.url)),
    emptyOutDir: true,
    target: 'es2022',
    // The one hint that is of no concern here: how large a backend is.
    chunkSizeWarningLimit: 10_000,
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  worker: { format: 'es', plugins: () => [noNode, licenses('licenses-worker.md')] },
  server: { headers: isolation },
  preview: { headers: isolation },
});

interface Manifest {
  name: string;
  version: string;
  license?: string;
}

// cspell:ignore licen
/** Writes what is bundled from other packages, each with its license, as they ask for. */
function licenses(fileName: string): Plugin {
  return {
    name: 'licenses',
    generateBundle() {
      const folders = [...this.getModuleIds()].map(folderOf).filter((folder) => folder !== undefined);
      const texts = [...new Set(folders)].map(textOf).sort();
      this.emitFile({ type: 'asset', fileName, source: `${texts.join('\n\n')}\n` });
    },
  };
}

/** Of the package that a module comes from; undefined for our own. */
const folderOf = (id: string): string | undefined =>
  /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id.replaceAll('\\', '/').replace(/^\0/, ''))?.[0];

function textOf(folder: string): string {
  const { name, version, license } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  ) as Manifest;
  const file = readdirSync(folder).find((candidate) => /^licen[cs]e/i.test(candidate));
  const text = file ? readFileSync(join(folder, file), 'utf8').trim() : '';
  return `## ${name} ${version}, ${license ?? 'see below'}\n\n${text}`.trim();
}
