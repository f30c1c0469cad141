import { count, rate, seconds } from '../../lib/format';
import { groupSeeds } from '../../results/group-seeds';
import type { Results } from '../../results/results';
import { left, right } from './columns';
import type { Table } from './table';

/** How fast the trained models predict; undefined when it was not measured. */
export function inferenceTable({ models }: Results): Table | undefined {
  const measured = groupSeeds(models.filter(({ inference }) => inference.length > 0));
  if (measured.length === 0) return undefined;
  const columns = [
    left('Model'),
    right('Batch'),
    right('Median'),
    right('10 % below'),
    right('90 % below'),
    right('Images/s'),
    right('Repeats'),
  ];
  // The speed of a network does not depend on its seed: the first stands for all.
  const rows = measured.flatMap(({ name, runs: [first] }) =>
    first!.inference.map(({ batchSize, milliseconds: { median, p10, p90 }, imagesPerSecond, runs }) => [
      name,
      count(batchSize),
      ...[median, p10, p90].map((milliseconds) => seconds(milliseconds / 1000)),
      rate(imagesPerSecond),
      count(runs),
    ]),
  );
  const notes = ['From images to probabilities, batch after batch; the time is of one batch.'];
  return { title: 'Inference', columns, rows, notes };
}
