import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { backendsFolder } from './npm-command';

export interface Located {
  /** A specifier for `import()`. */
  url: string;
  version: string;
}

/**
 * Finds an optional package, first from the bench, then from the working directory, so that `npx @tenfold/bench` finds
 * what the user's project has installed, then in the folder for backends of a clone.
 *
 * @returns null when no place has it
 */
export function locate(packageName: string): Located | null {
  for (const from of [dirname(fileURLToPath(import.meta.url)), process.cwd(), backendsFolder()]) {
    const folder = from === undefined ? null : packageFolder(packageName, from);
    if (folder === null) continue;
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return { url: pathToFileURL(join(folder, findEntry(manifest))).href, version: manifest.version };
  }
  return null;
}

/**
 * Resolves by folder, since `require` cannot resolve a package whose `exports` have only `import`: in the node_modules of
 * this folder and those above it, in the order of `import`.
 */
function packageFolder(packageName: string, folder: string): string | null {
  const found = join(folder, 'node_modules', packageName);
  if (existsSync(join(found, 'package.json'))) return found;
  const above = dirname(folder);
  return above === folder ? null : packageFolder(packageName, above);
}

function findEntry(manifest: { main?: string; exports?: unknown }): string {
  const root = (manifest.exports as { '.'?: unknown } | undefined)?.['.'] ?? manifest.exports;
  const conditions = root as { import?: unknown; default?: unknown } | string | undefined;
  const target =
    typeof conditions === 'string'
      ? conditions
      : (conditions?.import ?? conditions?.default ?? manifest.main);
  return typeof target === 'string' ? target : 'index.js';
}
