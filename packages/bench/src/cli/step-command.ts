import type { BackendName } from '../backends/names';
import { type DatasetName, datasets } from '../data/datasets';
import { terminalColumns } from '../lib/fold';
import { count, percent, rate, seconds } from '../lib/format';
import type { Architecture } from '../models/model-definition';
import { type ModelName, models } from '../models/models';
import { renderText } from '../present/tables/table';
import { createProgress } from '../present/terminal/progress';
import type { Dependencies, Streams } from './dependencies';
import { chooseBackend } from './train-command';
import { UsageError } from './usage-error';

export interface StepFlags {
  model: ModelName;
  /** Whose images it is measured on. */
  dataset: DatasetName;
  widths?: number[];
  backend?: BackendName;
  batch: number;
  steps: number;
  threads?: number;
  v8Flags: boolean;
  seed: number;
  json?: boolean;
}

/** Measures the training throughput of one model and prints it. */
export async function stepCommand(flags: StepFlags, deps: Dependencies, streams: Streams): Promise<number> {
  const { model, dataset, widths, batch, steps, seed, json = false } = flags;
  const architecture = widths && buildArchitecture(model, widths);
  const { print } = createProgress(streams);
  const backend = await chooseBackend(flags, deps, json ? () => {} : print, terminalColumns(streams.err));
  const measured = await deps.measureStep({ model, dataset, architecture, batchSize: batch, steps, seed });
  if (json) {
    const machine = await deps.describeMachine();
    streams.out.write(
      `${JSON.stringify({ ...measured, backend: backend.name, backendDetails: backend.details, machine }, null, 2)}\n`,
    );
    return 0;
  }
  const { peak, peakFraction } = measured;
  const { median, p10, p90 } = measured.stepMilliseconds;
  const rows = [
    ['images per second', rate(measured.imagesPerSecond)],
    [
      'GFLOP/s',
      peakFraction === null
        ? rate(measured.gflops)
        : `${rate(measured.gflops)} (${percent(peakFraction, 0)} of the peak)`,
    ],
    ...(peak ? [['peak GFLOP/s', `${rate(peak.gflopsPerSecond)} (${peak.method})`]] : []),
    ['time per step', `${seconds(median / 1000)} (p10 ${seconds(p10 / 1000)}, p90 ${seconds(p90 / 1000)})`],
    ['parameters', count(measured.parameters)],
    ['forward FLOP per image', count(measured.forwardFlopsPerImage)],
    ['executed FLOP per step', count(measured.flopsPerStep)],
    ['batch', count(measured.batchSize)],
    ['steps', count(measured.steps)],
  ];
  const columns = [{ heading: `${model} on ${backend.name}, ${datasets[dataset].title}` }, { heading: '' }];
  streams.out.write(`${renderText({ title: 'Training throughput', columns, rows, notes: [] })}\n`);
  return 0;
}

/** The architecture's options that `--widths` sets. */
function buildArchitecture(model: ModelName, widths: number[]): Architecture {
  const { widths: wanted, withWidths } = models[model].step;
  if (wanted.count !== undefined && widths.length !== wanted.count) {
    throw new UsageError(`--widths is '${widths.join(',')}' for ${model}; expected ${wanted.expected}`);
  }
  return withWidths(widths);
}
