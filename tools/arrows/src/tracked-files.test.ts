import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './workspace';

const LARGEST_FILE = 300e3;
/** The size limit of all trained weights together, the content of that package. */
const LARGEST_PRETRAINED = 12e6;

/** Files that may be larger: reference values, the lockfile, trained weights. */
const mayBeLarger = [/\/goldens\/[^/]+\.json$/, /^pnpm-lock\.yaml$/, /^packages\/pretrained\//];

const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
  .split('\0')
  .filter((path) => path !== '' && existsSync(join(root, path)))
  .map((path) => ({ path, bytes: statSync(join(root, path)).size }));

describe('the tracked files', () => {
  it('are there, so that these tests look at something', () => {
    expect(tracked.map(({ path }) => path)).toContain('pnpm-lock.yaml');
  });

  it(`have at most ${LARGEST_FILE / 1e3} kB each: a clone pays for every version of every file`, () => {
    const tooLarge = tracked.filter(
      ({ path, bytes }) => bytes > LARGEST_FILE && !mayBeLarger.some((pattern) => pattern.test(path)),
    );
    expect(tooLarge).toEqual([]);
  });

  it(`have at most ${LARGEST_PRETRAINED / 1e6} MB of trained weights`, () => {
    const weights = tracked.filter(({ path }) => path.startsWith('packages/pretrained/'));
    expect(weights.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(LARGEST_PRETRAINED);
  });
});
