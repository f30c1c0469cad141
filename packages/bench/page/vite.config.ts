import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const packages = fileURLToPath(new URL('../../', import.meta.url));
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** Modules that need Node must have a browser counterpart; otherwise the build fails and names the file. */
const noNode: Plugin = {
  name: 'no-node',
  enforce: 'pre',
  resolveId(name, importer) {
    if (name.startsWith('node:')) throw new Error(`${importer} imports ${name}, which browsers do not have`);
  },
  transform(code, id) {
    const found =
      id.startsWith(`${packages}bench/`) &&
      /\b(?:setImmediate\(|Buffer\.|process\.(?:env|memoryUsage|version|platform))/.exec(code);
    if (found) throw new Error(`${id} uses ${found[0]}, which browsers do not have`);
  },
};

/** Builds the page from the sources of all packages: a folder of files that any host can serve from any path. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  resolve: {
    // A file that needs Node has a browser counterpart in the same folder.
    extensions: ['.browser.ts', '.ts', '.mjs', '.js', '.json'],
    alias: [{ find: /^@tenfold\/([a-z0-9-]+)$/, replacement: `${packages}$1/src/index` }],
  },
  plugins: [noNode, licenses('licenses.md')],
  build: {
    outDir: fileURLToPath(new URL('../dist/page', import.meta.url)),
    emptyOutDir: true,
    target: 'es2022',
    // The only warning to ignore here: the size of a backend.
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
/** Lists the bundled packages with their licenses, as these require. */
function licenses(fileName: string): Plugin {
  return {
    name: 'licenses',
    generateBundle() {
      const folders = [...this.getModuleIds()]
        .map(findPackageFolder)
        .filter((folder) => folder !== undefined);
      const texts = [...new Set(folders)].map(readLicense).sort();
      this.emitFile({ type: 'asset', fileName, source: `${texts.join('\n\n')}\n` });
    },
  };
}

/** The manifest of the package of a module; undefined for our own packages. */
const findPackageFolder = (id: string): string | undefined =>
  /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id.replaceAll('\\', '/').replace(/^\0/, ''))?.[0];

function readLicense(folder: string): string {
  const { name, version, license } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  ) as Manifest;
  const file = readdirSync(folder).find((candidate) => /^licen[cs]e/i.test(candidate));
  const text = file ? readFileSync(join(folder, file), 'utf8').trim() : '';
  return `## ${name} ${version}, ${license ?? 'see below'}\n\n${text}`.trim();
}
