import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from './workspace';

const pages = execFileSync('git', ['ls-files', '-z', '*.md'], { cwd: root, encoding: 'utf8' })
  .split('\0')
  .filter((path) => path !== '' && existsSync(join(root, path)));

/** The files that a page links to or shows, from the folder of the page. */
const findLinks = (page: string): string[] =>
  [...readFileSync(join(root, page), 'utf8').matchAll(/\]\((?!\w+:|#)([^)\s]+)\)/g)]
    .map(([, link]) => link!.replace(/#.*$/, ''))
    .filter((link) => link !== '');

it('finds the links of pages', () => {
  expect(findLinks('ARCHITECTURE.md')).toContain('packages/checks');
});

it('links only to files that exist', () => {
  const broken = pages.flatMap((page) =>
    findLinks(page)
      .filter((link) => !existsSync(join(root, dirname(page), decodeURI(link))))
      .map((link) => `${page}: ${link}`),
  );
  expect(broken).toEqual([]);
});
