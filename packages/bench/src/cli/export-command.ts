import { existsSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { curvesSvg } from '../present/charts/curves-svg';
import type { CurveX } from '../present/charts/learning-curves';
import { epochsCsv, epochsCsvHeader, epochsCsvOfLog } from '../present/text/epochs-csv';
import { type LogLine, readLog } from '../present/text/read-log';
import { stepsCsv, stepsCsvHeader } from '../present/text/steps-csv';
import type { Results } from '../results/results';
import { writeOutputFile } from './compare-command';
import type { Streams } from './dependencies';
import { findModels, type RunModels } from './find-models';
import { readResults } from './find-run';
import { UsageError } from './usage-error';

export interface ExportFlags {
  csv?: boolean;
  svg?: boolean;
  over?: CurveX;
  epochs?: boolean;
  out?: string;
}

/**
 * Exports the steps or epochs of runs as one CSV table, or a chart of their accuracies.
 *
 * @param names runs with all of their models or a selection, in the form that {@link findModels} parses
 */
export async function exportCommand(
  names: string[],
  { csv = false, svg = false, over, epochs = false, out }: ExportFlags,
  streams: Streams,
): Promise<number> {
  if (csv === svg) {
    throw new UsageError(`export: ${csv ? 'two formats' : 'no format'}; expected --csv or --svg`);
  }
  if (svg && epochs) throw new UsageError('export: --epochs applies to --csv; leave it out, or use --csv');
  if (csv && over) throw new UsageError('export: --over applies to --svg; leave it out, or use --svg');
  const print = (message: string) => void streams.err.write(`${message}\n`);
  if (svg) {
    const chart = await renderChart(names, over ?? 'seconds');
    if (out === undefined) streams.out.write(chart);
    else {
      await writeOutputFile('export', out, chart);
      print(resolve(out));
    }
    return 0;
  }
  const parts = [epochs ? epochsCsvHeader : stepsCsvHeader];
  for (const name of names) {
    const run = await findModels('export', name);
    for await (const line of epochs ? epochLines(run, print) : stepLines(run, print)) parts.push(line);
  }
  const text = parts.join('');
  if (out === undefined) {
    streams.out.write(text);
  } else {
    await writeOutputFile('export', out, text);
    print(`${resolve(out)}: ${parts.length - 1} lines`);
  }
  return 0;
}

async function renderChart(names: string[], over: CurveX): Promise<string> {
  const runs = [];
  for (const name of names) {
    const run = await findModels('export', name);
    runs.push({ name: basename(run.path), results: await readModels(run) });
  }
  const chart = await curvesSvg(runs, over);
  if (chart) return chart;
  throw new UsageError(
    over === 'joules'
      ? 'export: energy was not measured in any of these runs; choose another axis, such as --over seconds'
      : 'export: these runs have no evaluated epoch; there is nothing to draw',
  );
}

function stepLines(run: RunModels, print: (message: string) => void): AsyncIterable<string> {
  const { path } = run;
  const log = join(path, 'steps.jsonl');
  if (!existsSync(log)) {
    throw new UsageError(`export: ${path} has no steps.jsonl; --epochs exports the history in results.json`);
  }
  return stepsCsv(basename(path), selectLines(run, openLog(log, print)));
}

function openLog(path: string, print: (message: string) => void): AsyncIterable<LogLine> {
  if (statSync(path).isFile()) return readLog(path, print);
  throw new UsageError(`export: ${path} is not a file; give a run whose log is intact`);
}

async function* epochLines(run: RunModels, print: (message: string) => void): AsyncGenerator<string> {
  const { path } = run;
  if (existsSync(join(path, 'results.json'))) {
    yield* epochsCsv(basename(path), await readModels(run));
  } else if (existsSync(join(path, 'steps.jsonl'))) {
    yield* epochsCsvOfLog(basename(path), selectLines(run, openLog(join(path, 'steps.jsonl'), print)));
  } else {
    throw new UsageError(
      `export: ${path} has neither results.json nor steps.jsonl: nothing has been trained yet`,
    );
  }
}

async function readModels(run: RunModels): Promise<Results> {
  const results = await readResults('export', run.path);
  const models = results.models.filter(({ name }) => run.has(name));
  if (models.length === 0) throw noModelsError(run, new Set(results.models.map(({ name }) => name)));
  return { ...results, models };
}

async function* selectLines(run: RunModels, log: AsyncIterable<LogLine>): AsyncGenerator<LogLine> {
  const models = new Set<unknown>();
  for await (const line of log) {
    if (line.model !== undefined) models.add(line.model);
    if (line.model === undefined || run.has(line.model)) yield line;
  }
  if (models.size > 0 && ![...models].some(run.has)) throw noModelsError(run, models);
}

const noModelsError = ({ path }: RunModels, models: Set<unknown>): UsageError =>
  new UsageError(
    `export: the run in ${path} has none of the models after the colon; it has ${[...models].join(', ')}`,
  );
