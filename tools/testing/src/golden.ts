import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Reads a golden file: values from another library, with a header that names script, version and seed. */
export function golden<T>(url: URL): T {
  const file = JSON.parse(readFileSync(url, 'utf8'), (_, v) => special[v as string] ?? v);
  for (const key of ['script', 'torch', 'seed', 'cases']) {
    if (!(key in file)) throw new Error(`golden: ${url.pathname} has no ${key}`);
  }
  return file.cases as T;
}

/**
 * Reads the golden files of a folder, one per export.
 *
 * @example
 * goldens<Case[]>(new URL('../goldens/', import.meta.url)); // { huber: [{ labels, … }, …], … }
 */
export function goldens<T>(folder: URL): { [name: string]: T } {
  const files = readdirSync(fileURLToPath(folder)).filter((file) => file.endsWith('.json'));
  if (files.length === 0) throw new Error(`goldens: ${folder.pathname} has no file`);
  return Object.fromEntries(
    files.sort().map((file) => [basename(file, '.json'), golden<T>(new URL(file, folder))]),
  );
}

// JSON cannot represent these, so the scripts write them as strings.
const special: Record<string, number> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};
