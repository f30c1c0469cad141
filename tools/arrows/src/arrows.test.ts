import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { arrows, isRelative, type Manifest, type Package, root, rootManifest, workspace } from './workspace';

const CORE = '@tensorflow/tfjs-core';
const packages = workspace();
const published = packages.filter(
  ({ manifest }) => !manifest.private && manifest.name.startsWith('@tenfold/'),
);
const allowed = arrows(readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8'));

const shortName = ({ manifest }: Package): string => manifest.name.replace('@tenfold/', '');
const names = (...lists: (Record<string, string> | undefined)[]): string[] =>
  lists.flatMap((list) => Object.keys(list ?? {}));
/** The dependencies that are installed with the package. */
const runtime = (manifest: Manifest): string[] =>
  names(manifest.dependencies, manifest.peerDependencies, manifest.optionalDependencies);
/** An application, such as the bench, is started by npx and has tfjs-core as a dependency. */
const isApplication = ({ manifest }: Package): boolean => manifest.bin !== undefined;

/** Private packages whose sources are built into the packages that use them. */
const bundled = ['@tenfold/files'];

const parsePackage = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** `file: import` for every import that is `wrong`. */
function offenses(
  of: Package[],
  wrong: (specifier: string, file: Package['files'][number], pkg: Package) => boolean,
): string[] {
  return of.flatMap((pkg) =>
    pkg.files.flatMap((file) =>
      file.imports.filter((name) => wrong(name, file, pkg)).map((name) => `${file.path}: ${name}`),
    ),
  );
}

describe('the packages', () => {
  it('are those of ARCHITECTURE.md', () => {
    expect(published.map(shortName).sort()).toEqual([...allowed.keys()].sort());
  });

  it.each(published.map((pkg) => [shortName(pkg), pkg] as const))(
    '%s depends on what its arrow says',
    (name, pkg) => {
      const dependencies = runtime(pkg.manifest).filter((dependency) => dependency.startsWith('@tenfold/'));
      expect(dependencies.map((dependency) => dependency.replace('@tenfold/', '')).sort()).toEqual(
        [...(allowed.get(name) ?? [])].sort(),
      );
    },
  );

  it('have source files with imports, so that these tests look at something', () => {
    expect(packages.flatMap(({ files }) => files.flatMap(({ imports }) => imports)).length).toBeGreaterThan(
      100,
    );
    const withoutSources = published.filter(({ files }) => !files.some((file) => file.published));
    expect(withoutSources.map(shortName)).toEqual([]);
  });
});

describe('tfjs-core', () => {
  it('is a peer dependency of every package that imports it, never a plain dependency', () => {
    const libraries = published.filter((pkg) => !isApplication(pkg));
    const importing = libraries.filter(({ files }) =>
      files.some((file) => file.published && file.imports.includes(CORE)),
    );
    expect(importing.length).toBeGreaterThan(0);
    const without = importing.filter(({ manifest }) => !(CORE in (manifest.peerDependencies ?? {})));
    const owning = libraries.filter(({ manifest }) => CORE in (manifest.dependencies ?? {}));
    expect({ without: without.map(shortName), owning: owning.map(shortName) }).toEqual({
      without: [],
      owning: [],
    });
  });

  it('is imported by its bare name', () => {
    expect(offenses(packages, (name) => name.startsWith(`${CORE}/`))).toEqual([]);
  });
});

describe('imports', () => {
  it('name packages that the importing package declares', () => {
    const fromRoot = names(rootManifest.devDependencies);
    const undeclared = offenses(packages, (name, file, { manifest }) => {
      if (isRelative(name) || name.startsWith('node:')) return false;
      const declared = [
        ...runtime(manifest),
        ...bundled.filter((name) => name in (manifest.devDependencies ?? {})),
      ];
      // Unpublished files may also use the dev dependencies of the package and the workspace. Published files may take types
      // from those of the package: the build erases them, and tools/publishing checks the declarations.
      const isUnpublished = !file.published || manifest.private;
      if (isUnpublished) declared.push(...fromRoot);
      if (isUnpublished || file.typeImports.includes(name)) declared.push(...names(manifest.devDependencies));
      return parsePackage(name) !== manifest.name && !declared.includes(parsePackage(name));
    });
    expect(undeclared).toEqual([]);
  });

  it('stay within their package', () => {
    const leaving = offenses(packages, (name, file, { directory }) => {
      // Every package builds with the workspace's shared options.
      if (file.path === join(directory, 'tsup.config.ts')) return false;
      return isRelative(name) && !normalize(join(dirname(file.path), name)).startsWith(`${directory}/`);
    });
    expect(leaving).toEqual([]);
  });
});
