import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const packages = fileURLToPath(new URL('../../', import.meta.url));
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
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
  build: {
    outDir: fileURLToPath(new URL('../dist/page', import.meta.url)),
    emptyOutDir: true,
    target: 'es2022',
    // The one hint that is of no concern here: how large a backend is.
    chunkSizeWarningLimit: 10_000,
  },
  worker: { format: 'es' },
  server: { headers: isolation },
  preview: { headers: isolation },
});
