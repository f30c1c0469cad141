import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The command with which npm installs or rebuilds packages where the bench finds them. In a clone that is a folder for them alone,
 * because npm refuses to install into a workspace of pnpm.
 *
 * @param rest names of packages, then options
 * @param from a folder of the bench
 */
export function npmCommand(
  command: 'install' | 'rebuild',
  rest: readonly string[],
  from: string = here,
): string {
  const folder = backendsFolder(from);
  if (folder === undefined) return ['npm', command, ...rest].join(' ');
  // npm runs scripts in the folder of their package; INIT_CWD is where the user called it.
  const path = relative(process.env.INIT_CWD ?? process.cwd(), folder);
  return ['npm', command, '--prefix', /[^\w./\\:-]/.test(path) ? `"${path}"` : path, ...rest].join(' ');
}

/** The folder of a clone for backends; undefined where the bench is an installed package. */
export function backendsFolder(from: string = here): string | undefined {
  const file = join(from, 'package.json');
  if (existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).name === 'tenfold') {
    return join(from, '.cache', 'backends');
  }
  const above = dirname(from);
  return above === from ? undefined : backendsFolder(above);
}

const here = dirname(fileURLToPath(import.meta.url));
