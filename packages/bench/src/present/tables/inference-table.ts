import { count, rate, seconds } from '../../lib/format';
import { groupSeeds } from '../../results/group-seeds';
import type { Results } from '../../results/results';
import { left, right } from './columns';
import type { Table } from './table';

/** The speed of predictions; undefined when it was not measured. */
export function inferenceTable({ models }: Results): Table | undefined {
  const measured = groupSeeds(models.filter(({ inference }) => inference.length > 0));
  if (measured.length === 0) return undefined;
  const columns = [
    left('Model'),
    right('Batch'),
    right('Median'),
    right('p10'),
    right('p90'),
    right('Images/s'),
    right('Repeats'),
  ];
  // The speed of a network does not depend on its seed, so the first seed is enough.
  const rows = measured.flatMap(({ name, runs: [first] }) =>
    first!.inference.map(({ batchSize, milliseconds: { median, p10, p90 }, imagesPerSecond, runs }) => [
      name,
      count(batchSize),
      ...[median, p10, p90].map((milliseconds) => seconds(milliseconds / 1000)),
      rate(imagesPerSecond),
      count(runs),
    ]),
  );
  const notes = ['From images to probabilities, one batch after another; times are per batch.'];
  return { title: 'Inference', columns, rows, notes };
}
