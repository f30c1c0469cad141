import { readFileSync } from 'node:fs';

/** Reads a golden file: values made by another library, with a header that names script, version and seed. */
export function golden<T>(url: URL): T {
  const file = JSON.parse(readFileSync(url, 'utf8'), (_, v) => special[v as string] ?? v);
  for (const key of ['script', 'torch', 'seed', 'cases']) {
    if (!(key in file)) throw new Error(`golden: ${url.pathname} does not say its ${key}`);
  }
  return file.cases as T;
}

// JSON has no words for these; the scripts write them as strings.
const special: Record<string, number> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};
