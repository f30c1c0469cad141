import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface Located {
  /** What `import()` takes. */
  url: string;
  version: string;
}

/**
 * Finds an optional package: beside the bench, else beside the working directory, so that `npx @tenfold/bench` sees
 * what the user's project has installed.
 *
 * @returns null when neither place has it
 */
export function locate(packageName: string): Located | null {
  for (const from of [dirname(fileURLToPath(import.meta.url)), process.cwd()]) {
    const folder = packageFolder(packageName, from);
    if (folder === null) continue;
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return { url: pathToFileURL(join(folder, entryOf(manifest))).href, version: manifest.version };
  }
  return null;
}

/**
 * By its folder, since a package whose `exports` know only `import` does not resolve for `require`: in the node_modules of
 * this folder or one above, as `import` looks for it.
 */
function packageFolder(packageName: string, folder: string): string | null {
  const found = join(folder, 'node_modules', packageName);
  if (existsSync(join(found, 'package.json'))) return found;
  const above = dirname(folder);
  return above === folder ? null : packageFolder(packageName, above);
}

function entryOf(manifest: { main?: string; exports?: unknown }): string {
  const root = (manifest.exports as { '.'?: unknown } | undefined)?.['.'] ?? manifest.exports;
  const conditions = root as { import?: unknown; default?: unknown } | string | undefined;
  const target =
    typeof conditions === 'string'
      ? conditions
      : (conditions?.import ?? conditions?.default ?? manifest.main);
  return typeof target === 'string' ? target : 'index.js';
}
