import { count, missing, percent, rate } from '../../lib/format';
import { secondsSpread, spreadOf } from '../../lib/spread';
import { accuracyText, bestOf, viewsText } from '../../results/accuracy';
import { assertResults } from '../../results/assert-results';
import { groupSeeds } from '../../results/group-seeds';
import type { ModelResult, Results } from '../../results/results';
import { left, right } from './columns';
import type { Table } from './table';

/** What every model reached, and in which time. */
export function summaryTable(results: Results): Table {
  assertResults('summaryTable', results);
  const { models, seeds, heldOut } = results;
  const withViews = models.some(({ views }) => views !== null);
  const images = heldOut > 0 ? 'Held-out' : 'Test';
  const columns = [
    left('Model'),
    right(`${images} accuracy`),
    ...(withViews ? [right('With views')] : []),
    right('Best epoch (optimistic)'),
    right(`${images} loss`),
    right('Parameters'),
    right('Training'),
    right('Images/s'),
  ];
  const rows = groupSeeds(models).map((group) => {
    const mean = (of: (model: ModelResult) => number | null) => spreadOf(group.runs.map(of))?.mean;
    const loss = mean(({ testLoss }) => testLoss);
    return [
      group.name,
      accuracyText(group),
      ...(withViews ? [viewsText(group)] : []),
      bestText(group.runs),
      loss === undefined ? missing : loss.toFixed(3),
      count(group.runs[0]!.parameters),
      secondsSpread(spreadOf(group.runs.map(({ trainSeconds }) => trainSeconds))),
      rate(mean(({ imagesPerSecond }) => imagesPerSecond)),
    ];
  });
  const notes = [
    `${images} accuracy is of the last epoch. The best epoch was picked by its accuracy on the same images, so its number is too good to be compared with.`,
    ...(seeds.length > 1 ? [`Mean ± standard deviation (n − 1) of ${seeds.length} seeds.`] : []),
  ];
  return { title: 'All models', columns, rows, notes };
}

/** '92.10 % (7)': the accuracy and its epoch; of several trainings, the mean. */
function bestText(runs: ModelResult[]): string {
  const best = runs.map(bestOf).filter((epoch) => epoch !== undefined);
  const accuracy = spreadOf(best.map(({ testAccuracy }) => testAccuracy));
  if (!accuracy) return missing;
  const epochs = [...new Set(best.map(({ epoch }) => epoch))].sort((a, b) => a - b);
  return `${percent(accuracy.mean)} (${epochs.join(', ')})`;
}
