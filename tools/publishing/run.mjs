// Checks every package as it would be published: publint for its manifest and files, attw for its types, and that the
// declarations import only what the manifest declares.
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import ts from 'typescript';
import { emptyFolder, packAll } from '../pack.mjs';
import { environment, root, shell } from '../pnpm.mjs';

const run = promisify(execFile);
const folder = emptyFolder('publishing');
const problems = [];
try {
  const packages = packAll(folder);
  const queue = [...packages];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) problems.push(...(await check(next)));
  };
  await Promise.all([worker(), worker()]);
  for (const problem of problems) console.log(problem);
  console.log(`${packages.length} packages checked, ${problems.length} problems`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = problems.length > 0 ? 1 : 0;

async function check({ name, tarball }) {
  const bytes = readFileSync(tarball);
  const packed = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const { messages, pkg } = await publint({ pack: { tarball: packed }, strict: true });
  const found = messages.map(
    (message) => `${name}: publint: ${formatMessage(message, pkg, { color: false })}`,
  );
  try {
    await run(
      'attw',
      [tarball, '--no-definitely-typed', '--format', 'table-flipped', '--no-color', '--no-emoji'],
      {
        cwd: root,
        env: { ...environment(), NO_COLOR: '1' },
        shell,
      },
    );
  } catch (error) {
    found.push(`${name}: attw:\n${error.stdout}${error.stderr}`);
  }
  return [...found, ...undeclared(name, pkg)];
}

/** The packages that the declarations import although an installation may lack them. */
function undeclared(name, { dependencies, peerDependencies }) {
  const dist = join(root, 'packages', name.replace('@tenfold/', ''), 'dist');
  const imported = readdirSync(dist, { recursive: true })
    .filter((file) => /\.d\.c?ts$/.test(file))
    .flatMap((file) => ts.preProcessFile(readFileSync(join(dist, file), 'utf8')).importedFiles)
    .map(({ fileName }) => fileName)
    .filter((specifier) => !specifier.startsWith('.') && !specifier.startsWith('node:'));
  const declared = Object.keys({ ...dependencies, ...peerDependencies });
  return [...new Set(imported)]
    .filter((specifier) => !declared.some((own) => `${specifier}/`.startsWith(`${own}/`)))
    .map((specifier) => `${name}: the declarations import ${specifier}, which is not a dependency`);
}
