import { describe, expect, it } from 'vitest';
import { circles } from './circles';
import { type Package, workspace } from './workspace';

/** A package of files given as path -> imports. */
const pkg = (name: string, files: Record<string, string[]>): Package => ({
  directory: `packages/${name}`,
  manifest: { name: `@tenfold/${name}` },
  files: Object.entries(files).map(([path, imports]) => ({
    path: `packages/${name}/src/${path}`,
    published: true,
    imports,
    typeImports: [],
  })),
});

describe('circles', () => {
  it('finds none where all imports run downward', () => {
    const tree = pkg('a', {
      'index.ts': ['./x', './y'],
      'x.ts': ['./z'],
      'y.ts': ['./z', './x'],
      'z.ts': [],
    });
    expect(circles([tree])).toEqual([]);
  });

  it('finds each circle with all its files and no others', () => {
    const two = pkg('a', {
      'index.ts': ['./x', './p'],
      'x.ts': ['./y'],
      'y.ts': ['./z', './p'],
      'z.ts': ['./x', './y'],
      'p.ts': ['./q'],
      'q.ts': ['./p', './leaf'],
      'leaf.ts': [],
    });
    const inA = (...names: string[]) => names.map((name) => `packages/a/src/${name}.ts`);
    expect(circles([two])).toEqual([inA('p', 'q'), inA('x', 'y', 'z')]);
  });

  it('finds a file that imports itself', () => {
    expect(circles([pkg('a', { 'x.ts': ['./x'] })])).toEqual([['packages/a/src/x.ts']]);
  });

  it('finds circles through several packages', () => {
    const a = pkg('a', { 'index.ts': ['./x'], 'x.ts': ['@tenfold/b'] });
    const b = pkg('b', { 'index.ts': ['@tenfold/a', 'vitest'] });
    expect(circles([a, b])).toEqual([
      ['packages/a/src/index.ts', 'packages/a/src/x.ts', 'packages/b/src/index.ts'],
    ]);
  });
});

describe('the files of the workspace', () => {
  it('import each other in no circle', () => {
    expect(circles(workspace())).toEqual([]);
  });
});
