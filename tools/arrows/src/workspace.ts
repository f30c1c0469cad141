import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export interface Manifest {
  name: string;
  private?: boolean;
  bin?: unknown;
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

export interface SourceFile {
  /** From the root of the repository, for messages. */
  path: string;
  /** Whether it is published: it is in src, is not a test, and is not imported only by tests. */
  published: boolean;
  imports: string[];
  /** Those of `imports` of which it imports only types. */
  typeImports: string[];
}

export interface Package {
  /** From the root of the repository: packages/layers. */
  directory: string;
  manifest: Manifest;
  files: SourceFile[];
}

export const root = fileURLToPath(new URL('../../..', import.meta.url));
export const rootManifest = readManifest(root);

/** Every package of the workspace with the imports of all its files. */
export function workspace(): Package[] {
  const directories = ['packages', 'tools'].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => join(group, name)),
  );
  return [...directories, 'examples']
    .filter((directory) => existsSync(join(root, directory, 'package.json')))
    .map((directory) => ({
      directory,
      manifest: readManifest(join(root, directory)),
      files: withoutHelpersOfTests(
        [...sourceFiles(join(root, directory))].map((path) => readSource(path, directory)),
      ),
    }));
}

export const isRelative = (specifier: string): boolean => /^\.{1,2}(\/|$)/.test(specifier);

/** The file that a relative import names, as TypeScript finds it; undefined when it is none of `files`. */
export function resolveRelative(
  from: SourceFile,
  specifier: string,
  files: Map<string, SourceFile>,
): SourceFile | undefined {
  const path = normalize(join(dirname(from.path), specifier)).replace(/\.js$/, '');
  return ['', '.ts', '/index.ts', '.js'].map((ending) => files.get(path + ending)).find(Boolean);
}

/** Whether the build starts from the file or uses it in place of another, so that no file needs to import it. */
const isEntry = ({ path }: SourceFile): boolean => /\/src\/index\.ts$|\.browser\.ts$/.test(path);

function withoutHelpersOfTests(files: SourceFile[]): SourceFile[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const importers = new Map<SourceFile, SourceFile[]>();
  for (const file of files) {
    for (const specifier of file.imports.filter(isRelative)) {
      const imported = resolveRelative(file, specifier, byPath);
      if (imported) importers.set(imported, [...(importers.get(imported) ?? []), file]);
    }
  }
  let changed = true;
  while (changed) {
    changed = false;
    for (const [file, users] of importers) {
      if (file.published && !isEntry(file) && users.every((user) => !user.published)) {
        file.published = false;
        changed = true;
      }
    }
  }
  return files;
}

/** The arrows of ARCHITECTURE.md: package -> its dependencies. */
export function arrows(markdown: string): Map<string, string[]> {
  const block = /^```arrows\n([\s\S]*?)^```/m.exec(markdown)?.[1];
  if (block === undefined) throw new Error('ARCHITECTURE.md has no block of arrows (```arrows … ```)');
  const lines = block.split('\n').filter((line) => line.trim() !== '');
  return new Map(
    lines.map((line) => {
      const [name, targets = ''] = line.split('<-');
      return [name!.trim(), targets.split(/[\s,]+/).filter(Boolean)];
    }),
  );
}

function readManifest(directory: string): Manifest {
  return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest;
}

const SKIPPED = new Set(['node_modules', 'dist', 'out', '.turbo', '.cache']);

function* sourceFiles(directory: string): Generator<string> {
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    if (SKIPPED.has(name)) continue;
    if (statSync(path).isDirectory()) yield* sourceFiles(path);
    else if (/\.[mc]?[jt]sx?$/.test(name)) yield path;
  }
}

function readSource(path: string, directory: string): SourceFile {
  const fromPackage = relative(join(root, directory), path);
  const source = readFileSync(path, 'utf8');
  const imports = findImports(source);
  const values = findImports(source.replace(/^import type [^;]*;/gm, ''));
  return {
    path: relative(root, path),
    published: fromPackage.startsWith('src/') && !/\.test\.\w+$/.test(path),
    imports,
    typeImports: imports.filter((name) => !values.includes(name)),
  };
}

const findImports = (source: string): string[] =>
  ts.preProcessFile(source, true, true).importedFiles.map(({ fileName }) => fileName);
