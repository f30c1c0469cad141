import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { root } from './api.mjs';
import { fromSource } from './from-source.mjs';
import { table } from './tables.mjs';

let program;

/**
 * The options of a command of the bench with their defaults, from its command line.
 *
 * @param name of the command, such as 'step'; none for the command that trains
 */
export async function optionTable(name) {
  program ??= await load();
  const command = name === '' ? program : program.commands.find((other) => other.name() === name);
  if (!command) throw new Error(`options: the bench has no command ${name}`);
  const options = command.options.filter(({ long }) => long !== '--version');
  return table(
    ['option', 'what it does', 'default'],
    options.map((option) => [`\`${option.flags}\``, ...describeOption(option)]),
  );
}

/** What an option does, and its default, which is a value or in parentheses at the end of the description. */
function describeOption({
  description,
  defaultValue,
  defaultValueDescription,
  mandatory,
  negate,
  argChoices,
}) {
  const [, words, inText] = /^(.*?)(?: \(default: (.*)\))?$/.exec(description);
  const text = argChoices ? `${words}: ${argChoices.join(', ')}` : words;
  const value = inText ?? defaultValueDescription ?? (negate ? undefined : defaultValue);
  if (value === undefined) return [text, mandatory ? '(required)' : ''];
  return [text, /^[\w,./<>-]+$/.test(value) && /[^\d]/.test(value) ? `\`${value}\`` : String(value)];
}

/** The command line from its source; what it imports when a command runs stays out. */
async function load() {
  const folder = join(root, '.cache', 'generate');
  await mkdir(folder, { recursive: true });
  const outfile = join(folder, 'options.mjs');
  await build({
    stdin: {
      contents: `export { createProgram } from './packages/bench/src/cli/program';`,
      resolveDir: root,
    },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    outfile,
    logLevel: 'error',
    mainFields: ['module', 'main'],
    plugins: [onDemand, fromSource],
    // CommonJS dependencies call require.
    banner: {
      js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`,
    },
  });
  const { createProgram } = await import(pathToFileURL(outfile));
  return createProgram({}, { out: process.stdout, err: process.stderr, env: {} }, '0.0.0', () => {});
}

const onDemand = {
  name: 'on-demand',
  setup({ onResolve }) {
    onResolve({ filter: /./ }, ({ kind }) => (kind === 'dynamic-import' ? { external: true } : undefined));
  },
};
