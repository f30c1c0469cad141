import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { lazyDependencies } from '../src/cli/lazy-dependencies';
import { runCli } from '../src/cli/program';

const bench = fileURLToPath(new URL('..', import.meta.url));
const packages = join(bench, '..');

export interface Ended {
  code: number | null;
  out: string;
  err: string;
}

/**
 * Bundles the command line from source into a folder from which its packages resolve.
 *
 * @param stubs files of src that are replaced: path without extension to code
 * @returns the path of cli.js
 */
export async function buildCommandLine(name: string, stubs: Record<string, string> = {}): Promise<string> {
  const outdir = join(bench, 'node_modules', '.cache', `test-${name}`);
  const { dependencies } = JSON.parse(readFileSync(join(bench, 'package.json'), 'utf8'));
  const folders = readdirSync(packages).filter((folder) =>
    existsSync(join(packages, folder, 'src', 'index.ts')),
  );
  await build({
    entryPoints: {
      cli: join(bench, 'src', 'cli', 'cli.ts'),
      probe: join(bench, 'src', 'backends', 'probe.ts'),
    },
    outdir,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
    // The bench's own dependencies resolve from its folder; dependencies of its packages are bundled.
    external: Object.keys(dependencies).filter((dependency) => !dependency.startsWith('@tenfold/')),
    alias: Object.fromEntries(
      folders.map((folder) => [`@tenfold/${folder}`, join(packages, folder, 'src', 'index.ts')]),
    ),
    banner: {
      js: "import { createRequire as ownRequire } from 'node:module'; const require = ownRequire(import.meta.url);",
    },
    plugins: [
      {
        name: 'stubs',
        setup({ onLoad }) {
          for (const [path, contents] of Object.entries(stubs)) {
            onLoad(
              { filter: new RegExp(`bench[\\\\/]src[\\\\/]${path.replaceAll('/', '[\\\\/]')}\\.ts$`) },
              () => ({
                contents,
                loader: 'ts',
                resolveDir: join(bench, 'src', path, '..'),
              }),
            );
          }
        },
      },
    ],
  });
  return join(outdir, 'cli.js');
}

/** An empty folder to run in. */
export const emptyFolder = (): string => mkdtempSync(join(tmpdir(), 'tenfold-bench-'));

/** Starts the command line in `cwd`; `ended` settles when it is over. */
export function start(
  cli: string,
  args: string[],
  { cwd, env = {} }: { cwd: string; env?: NodeJS.ProcessEnv },
): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [cli, ...args], {
    cwd,
    env: { ...process.env, NO_COLOR: '1', TENFOLD_CACHE: join(cwd, 'cache'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const result = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    result.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    result.err += chunk;
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => resolve({ code, ...result }));
  });
  return { child, ended };
}

/** What the command line answers in `cwd`, without a process: for what it refuses, which takes no time. */
export async function answer(args: string[], { cwd }: { cwd: string }): Promise<Ended> {
  const written = { out: '', err: '' };
  const into = (name: keyof typeof written) => {
    const write = (text: string) => {
      written[name] += text;
      return true;
    };
    return { write } as NodeJS.WriteStream;
  };
  const [before, cache] = [process.cwd(), process.env.TENFOLD_CACHE];
  process.chdir(cwd);
  process.env.TENFOLD_CACHE = join(cwd, 'cache');
  try {
    const streams = { out: into('out'), err: into('err'), env: process.env };
    return { code: await runCli(args, lazyDependencies, streams, '0.0.0'), ...written };
  } finally {
    process.chdir(before);
    if (cache === undefined) delete process.env.TENFOLD_CACHE;
    else process.env.TENFOLD_CACHE = cache;
  }
}
