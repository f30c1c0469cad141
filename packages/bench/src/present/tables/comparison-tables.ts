import { energy, flop, missing, percent, points, rate, seconds, times } from '../../lib/format';
import { computeSpread, percentSpread, type Spread, secondsSpread } from '../../lib/spread';
import { accuracyText, lastEpoch } from '../../results/accuracy';
import { evaluatedImages } from '../../results/evaluated-images';
import { groupSeeds, type ModelGroup } from '../../results/group-seeds';
import type { ModelResult } from '../../results/results';
import { left, right } from './columns';
import { type ComparedRun, differingFacts } from './run-facts';
import { runLabels, runLetter } from './run-labels';
import type { Table } from './table';

/** The run of each letter. */
export function runsTable(runs: readonly ComparedRun[]): Table {
  const labels = runLabels(runs);
  const columns = ['Run', 'Label', 'Folder', 'Date', 'Evaluated on'].map(left);
  const rows = runs.map(({ name, results }, i) => [
    runLetter(i),
    labels[i]!,
    name,
    results.createdAt.slice(0, 10),
    evaluatedImages(results),
  ]);
  const notes = differingImages(runs)
    ? ['The accuracies were measured on different images: do not compare them.']
    : [];
  return { title: 'Runs', columns, rows, notes };
}

/** The settings that differ between runs. Values that differ from the first run's are marked with ≠. */
export function differencesTable(runs: readonly ComparedRun[]): Table {
  const columns = [left('What differs'), ...runs.map((_, i) => left(runLetter(i)))];
  const found = [...differingFacts(runs)];
  const marked = found.map(([, values]) => values.map((value) => value !== values[0]));
  const rows = found.map(([name, values], row) => [
    name,
    ...values.map((value, i) => (marked[row]![i] ? '≠\u00a0' : '') + (value ?? missing)),
  ]);
  const notes = rows.length === 0 ? ['Backend, machine, versions, seeds and recipes are the same.'] : [];
  return { title: 'Differences', columns, rows, notes, marked };
}

interface Quantity {
  title: string;
  measure: (group: ModelGroup) => { text: string; value: number | undefined };
  compare: (value: number, first: number) => string;
}

const ratio = (value: number, first: number): string => times(first === 0 ? undefined : value / first);
const computeMean = (group: ModelGroup, select: (model: ModelResult) => number | null): Spread | undefined =>
  computeSpread(group.runs.map(select));

const quantity = (
  title: string,
  select: (model: ModelResult) => number | null,
  text: (spread: Spread | undefined) => string,
  compare: Quantity['compare'] = ratio,
): Quantity => ({
  title,
  measure: (group) => {
    const spread = computeMean(group, select);
    return { text: text(spread), value: spread?.mean };
  },
  compare,
});

const quantities: Quantity[] = [
  {
    title: 'Accuracy after the last epoch',
    measure: (group) => ({ text: accuracyText(group), value: lastEpoch(group)?.mean }),
    compare: (value, first) => points(value - first),
  },
  quantity(
    'Accuracy with TTA',
    ({ views }) => views?.testAccuracy ?? null,
    percentSpread,
    (value, first) => points(value - first),
  ),
  quantity('Training time', ({ trainSeconds }) => trainSeconds, secondsSpread),
  quantity(
    'Images per second',
    ({ imagesPerSecond }) => imagesPerSecond,
    (spread) => rate(spread?.mean),
  ),
  quantity(
    'GFLOP/s',
    ({ gflopsPerSecond }) => gflopsPerSecond,
    (spread) => rate(spread?.mean),
  ),
  quantity(
    'FLOP per training step',
    ({ flops }) => flops.trainPerStep,
    (spread) => flop(spread?.mean),
  ),
  quantity(
    'FLOP of training',
    ({ flops }) => flops.trainTotal,
    (spread) => flop(spread?.mean),
  ),
  quantity(
    'Energy',
    ({ energyJoules }) => energyJoules,
    (spread) => energy(spread?.mean),
  ),
];

/** One table per quantity: models in rows, runs in columns, each compared with the first run that has the model. */
export function quantityTables(runs: readonly ComparedRun[]): Table[] {
  const groups = runs.map(({ results }) => groupSeeds(results.models));
  const columns = [left('Model'), ...runs.map((_, i) => right(runLetter(i)))];
  return quantities.flatMap(({ title, measure, compare }) => {
    const rows = modelNames(runs).map((name) => {
      const found = groups
        .map((trained) => trained.find((group) => group.name === name))
        .map((group) => group && measure(group));
      const first = found.findIndex((cell) => cell?.value !== undefined);
      const cells = found.map((cell, i) => {
        if (!cell) return missing;
        if (i <= first || cell.value === undefined) return cell.text;
        return `${cell.text} (${compare(cell.value, found[first]!.value!)})`;
      });
      return { cells: [name, ...cells], measured: first >= 0 };
    });
    return rows.some(({ measured }) => measured)
      ? [{ title, columns, rows: rows.map(({ cells }) => cells), notes: [] }]
      : [];
  });
}

/** The time in which each run reached the highest accuracy that all of them reach; undefined when no two share a model. */
export function timeToAccuracyTable(runs: readonly ComparedRun[]): Table | undefined {
  const rows = modelNames(runs).flatMap((name) => {
    const histories = runs.map(({ results }) => results.models.find((model) => model.name === name)?.history);
    const best = histories.flatMap((history) =>
      history ? [Math.max(0, ...history.map(({ testAccuracy }) => testAccuracy ?? 0))] : [],
    );
    const target = Math.floor(200 * Math.min(...best)) / 200; // half points
    if (best.length < 2 || target === 0) return [];
    const times = histories.map(
      (history) => history?.find(({ testAccuracy }) => (testAccuracy ?? 0) >= target)?.seconds,
    );
    return [[name, percent(target, 1), ...times.map(seconds)]];
  });
  if (rows.length === 0) return undefined;
  const columns = [left('Model'), right('Accuracy'), ...runs.map((_, i) => right(runLetter(i)))];
  const notes = [
    'Training time until the first epoch with the highest accuracy that all runs reach, rounded down to half points.',
    ...(runs.some(({ results }) => results.seeds.length > 1) ? ['For the first seed of each run.'] : []),
  ];
  return { title: 'Time to the same accuracy', columns, rows, notes };
}

/** All tables of a comparison, in reading order. */
export function comparisonTables(runs: readonly ComparedRun[]): Table[] {
  const time = timeToAccuracyTable(runs);
  const marks = 'In parentheses: compared with the first run that has the model.';
  const values = quantityTables(runs).map((table, i) => (i === 0 ? { ...table, notes: [marks] } : table));
  return [runsTable(runs), differencesTable(runs), ...values, ...(time ? [time] : [])];
}

/** Every model of any run, in order of appearance. */
export function modelNames(runs: readonly ComparedRun[]): string[] {
  return [...new Set(runs.flatMap(({ results }) => results.models.map(({ name }) => name)))];
}

function differingImages(runs: readonly ComparedRun[]): boolean {
  const sets = runs.map(
    ({ results }) => `${evaluatedImages(results)} ${JSON.stringify(results.dataset.sha256)}`,
  );
  return new Set(sets).size > 1;
}
