// Runs programs of the package's source, each in a separate process.
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const resolvePath = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const folder = resolvePath('../node_modules/.cache/');

/**
 * Bundles a program that imports from src; tfjs stays outside.
 *
 * @returns its file
 */
export async function bundle(name: string, contents: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const outfile = `${folder}${name}.mjs`;
  await build({
    stdin: { contents, resolveDir: resolvePath('../src/'), loader: 'ts' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    external: ['@tensorflow/*'],
    alias: { '@tenfold/checks': resolvePath('../../checks/src/index.ts') },
    outfile,
  });
  return outfile;
}

/** How a process ended. */
export interface Ended {
  code: number | null;
  /** Both outputs. */
  output: string;
  /** When, as Date.now() counts. */
  at: number;
}

/** Runs a command in the package's folder; `input` is what it reads. */
export function run(
  command: string,
  args: string[],
  { input, env = {} }: { input?: string; env?: { [name: string]: string } } = {},
): Promise<Ended> {
  const child = spawn(command, args, { cwd: resolvePath('..'), env: { ...process.env, ...env } });
  child.stdin.end(input);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output, at: Date.now() }));
  });
}
