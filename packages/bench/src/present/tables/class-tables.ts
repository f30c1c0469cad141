import { count, percent } from '../../lib/format';
import { computeSpread } from '../../lib/spread';
import { groupSeeds, type ModelGroup } from '../../results/group-seeds';
import type { Results } from '../../results/results';
import { left, right } from './columns';
import type { Table } from './table';

/** Accuracy of every model on each class; the mean over seeds. */
export function perClassTable({ models, dataset }: Results): Table {
  const groups = groupSeeds(models);
  const columns = [left('Class'), ...groups.map(({ name }) => right(name))];
  const means = dataset.classNames.map((_, i) =>
    groups.map(({ runs }) => computeSpread(runs.map(({ perClassAccuracy }) => perClassAccuracy[i]))?.mean),
  );
  const rows = dataset.classNames.map((className, i) => [
    className,
    ...means[i]!.map((mean) => percent(mean, 1)),
  ]);
  const heat = means.map((row) => row.map((mean) => mean ?? 0));
  return { title: 'Accuracy by class', columns, rows, notes: [], heat };
}

/** The confusion matrix of a model, summed over its seeds: rows are true classes, columns predictions. */
export function confusionTable({ name, runs }: ModelGroup, classNames: string[]): Table {
  const matrix = classNames.map((_, row) =>
    classNames.map((_, column) =>
      runs.reduce((sum, { confusionMatrix }) => sum + (confusionMatrix[row]?.[column] ?? 0), 0),
    ),
  );
  const columns = [left('True ↓ predicted →'), ...classNames.map(right)];
  const rows = matrix.map((row, i) => [classNames[i]!, ...row.map(count)]);
  const heat = matrix.map((row) => {
    const total = row.reduce((sum, value) => sum + value, 0);
    return row.map((value) => Math.sqrt(value / Math.max(1, total))); // keeps rare mistakes visible
  });
  const title = `Confusion matrix of ${name}`;
  return { title, columns, rows, notes: runs.length > 1 ? [`Sum over ${runs.length} seeds.`] : [], heat };
}
