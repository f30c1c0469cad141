import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

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
  for (const from of [import.meta.url, pathToFileURL(join(process.cwd(), 'noop.js')).href]) {
    const folder = packageFolder(packageName, from);
    if (folder === null) continue;
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return { url: pathToFileURL(join(folder, entryOf(manifest))).href, version: manifest.version };
  }
  return null;
}

/** By its folder, since a package whose `exports` know only `import` does not resolve for `require`. */
function packageFolder(packageName: string, from: string): string | null {
  const paths = createRequire(from).resolve.paths(packageName) ?? [];
  const folders = paths.map((path) => join(path, packageName));
  return folders.find((folder) => existsSync(join(folder, 'package.json'))) ?? null;
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
