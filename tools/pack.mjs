import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environment, root, shell } from './pnpm.mjs';

/** An empty folder outside the repository, so that nothing resolves from the workspace by accident. */
export const emptyFolder = (name) => mkdtempSync(join(tmpdir(), `tenfold-${name}-`));

/**
 * Packs every published package as it would be uploaded.
 *
 * @returns name and tarball of each
 */
export function packAll(folder) {
  const args = ['--recursive', '--filter', './packages/*', 'pack', '--pack-destination', folder];
  execFileSync('pnpm', args, {
    cwd: root,
    env: environment(),
    shell,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const tarballs = readdirSync(folder)
    .filter((name) => name.endsWith('.tgz'))
    .sort();
  const packages = readdirSync(join(root, 'packages'));
  const expected = packages.filter((name) => existsSync(join(root, 'packages', name, 'package.json'))).length;
  if (tarballs.length !== expected)
    throw new Error(`${tarballs.length} packages were packed, expected ${expected}`);
  return tarballs.map((file) => ({
    name: file.replace(/^tenfold-(.*)-\d+\.\d+\.\d+.*\.tgz$/, '@tenfold/$1'),
    tarball: join(folder, file),
  }));
}
