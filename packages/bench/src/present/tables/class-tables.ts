import { count, percent } from '../../lib/format';
import { spreadOf } from '../../lib/spread';
import { groupSeeds, type ModelGroup } from '../../results/group-seeds';
import type { Results } from '../../results/results';
import { left, right } from './columns';
import type { Table } from './table';

/** Share of the images of each class that every model classified correctly; the mean of its seeds. */
export function perClassTable({ models, dataset }: Results): Table {
  const groups = groupSeeds(models);
  const columns = [left('Class'), ...groups.map(({ name }) => right(name))];
  const means = dataset.classNames.map((_, i) =>
    groups.map(({ runs }) => spreadOf(runs.map(({ perClassAccuracy }) => perClassAccuracy[i]))?.mean),
  );
  const rows = dataset.classNames.map((className, i) => [
    className,
    ...means[i]!.map((mean) => percent(mean, 1)),
  ]);
  const heat = means.map((row) => row.map((mean) => mean ?? 0));
  return { title: 'Recognized images of each class', columns, rows, notes: [], heat };
}

/** How often images of each class (rows) were taken for each class (columns), in all trainings of a model together. */
export function confusionTable({ name, runs }: ModelGroup, classNames: string[]): Table {
  const matrix = classNames.map((_, row) =>
    classNames.map((_, column) =>
      runs.reduce((sum, { confusionMatrix }) => sum + (confusionMatrix[row]?.[column] ?? 0), 0),
    ),
  );
  const columns = [left('Is \\ taken for'), ...classNames.map(right)];
  const rows = matrix.map((row, i) => [classNames[i]!, ...row.map(count)]);
  const heat = matrix.map((row) => {
    const total = row.reduce((sum, value) => sum + value, 0);
    return row.map((value) => Math.sqrt(value / Math.max(1, total))); // rare mistakes stay visible
  });
  const title = `${name}: what images of a class were taken for`;
  return { title, columns, rows, notes: runs.length > 1 ? [`Sums over ${runs.length} seeds.`] : [], heat };
}
