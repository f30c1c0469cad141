import { readFileSync } from 'node:fs';
import { packageNames, readPackages } from '@tenfold/generate/api.mjs';
import { expect, it } from 'vitest';

const names = packageNames();
const { readExports } = readPackages(names);
const readme = (name: string) =>
  readFileSync(new URL(`../../../packages/${name}/README.md`, import.meta.url), 'utf8');

it.each(names)(
  'the README of %s names every function, class and constant that the package exports',
  (name) => {
    const words = new Set(readme(name).match(/[A-Za-z_$][\w$]*/g));
    const missing = readExports(name).filter((entry) => !words.has(entry.name));
    expect(missing.map((entry) => entry.name)).toEqual([]);
  },
);
