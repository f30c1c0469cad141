import { mkdir } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
import { isSystemError, systemReason, writeAtomically } from '../lib/files';
import { terminalColumns } from '../lib/fold';
import { comparisonHtml } from '../present/html/comparison-html';
import { comparisonTables } from '../present/tables/comparison-tables';
import type { ComparedRun } from '../present/tables/run-facts';
import { renderText } from '../present/tables/table';
import { comparisonMarkdown } from '../present/text/comparison-markdown';
import type { Streams } from './dependencies';
import { findRun, readResults } from './find-run';
import { UsageError } from './usage-error';

const renderers: Record<string, (runs: readonly ComparedRun[]) => string | Promise<string>> = {
  '.html': comparisonHtml,
  '.md': comparisonMarkdown,
};

/** Prints a comparison of runs, and writes it to a file. */
export async function compareCommand(
  names: string[],
  { out }: { out?: string },
  streams: Streams,
): Promise<number> {
  if (names.length < 2) {
    throw new UsageError(
      `compare: got one run, ${names[0]}; expected at least two, each a folder or a name in runs/ (the command list shows them)`,
    );
  }
  const render = out === undefined ? undefined : renderers[extname(out).toLowerCase()];
  if (out !== undefined && !render) {
    throw new UsageError(`compare: --out is '${out}'; expected a file name that ends in .html or .md`);
  }
  const runs: ComparedRun[] = [];
  for (const name of names) {
    const path = await findRun('compare', name);
    runs.push({ name: basename(path), results: await readResults('compare', path) });
  }
  const text = comparisonTables(runs)
    .map((table) => renderText(table, terminalColumns(streams.out)))
    .join('\n\n');
  streams.out.write(`${text}\n`);
  if (out !== undefined && render) {
    await writeOutputFile('compare', out, await render(runs));
    streams.out.write(`\nPage: ${resolve(out)}\n`);
  }
  return 0;
}

/** Writes the file of `--out` and creates its parent folders. */
export async function writeOutputFile(command: string, out: string, content: string): Promise<void> {
  const path = resolve(out);
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeAtomically(path, content);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new UsageError(
      `${command}: --out: cannot write ${path}: ${systemReason(error)}; name a file that you can write`,
    );
  }
}
