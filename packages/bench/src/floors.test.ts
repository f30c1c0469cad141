import { readdirSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const src = fileURLToPath(new URL('.', import.meta.url));

/** The rooms of the bench from the ground up, each with those that it may import from. */
const floors: { [room: string]: string[] } = {
  lib: [],
  data: ['lib', 'recipes'],
  results: ['lib'],
  backends: ['lib', 'results'],
  recipes: ['lib', 'results'],
  models: ['lib', 'results', 'recipes'],
  present: ['lib', 'results'],
  serve: ['lib', 'data'],
  'run-folder': ['lib', 'data', 'results', 'backends', 'models', 'present'],
  run: ['lib', 'data', 'results', 'backends', 'recipes', 'models', 'run-folder'],
  cli: ['lib', 'data', 'results', 'backends', 'recipes', 'models', 'present', 'serve', 'run-folder', 'run'],
};

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.ts') && file.includes('/') && !file.endsWith('.test.ts'));

it('has only the listed folders', () => {
  expect([...new Set(files.map((file) => file.split('/')[0]!))].sort()).toEqual(Object.keys(floors).sort());
});

it.each(Object.keys(floors))('%s imports only from the floors below it', (room) => {
  const wrong = files
    .filter((file) => file.startsWith(`${room}/`))
    .flatMap((file) =>
      [...readFileSync(join(src, file), 'utf8').matchAll(/(?:from|import\(?) ?'(\.[^']*)'/g)]
        .map(([, specifier]) => normalize(join(file, '..', specifier!)).replaceAll('\\', '/'))
        .filter((target) => !target.startsWith('../')) // package.json
        .filter((target) => {
          const other = target.split('/')[0]!;
          return other !== room && !floors[room]!.includes(other);
        })
        .map((target) => `${file}: ${target}`),
    );
  expect(wrong).toEqual([]);
});
