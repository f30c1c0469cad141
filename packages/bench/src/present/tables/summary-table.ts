import { count, missing, percent, rate } from '../../lib/format';
import { computeSpread, secondsSpread } from '../../lib/spread';
import { accuracyText, findBestEpoch, viewsText } from '../../results/accuracy';
import { assertResults } from '../../results/assert-results';
import { groupSeeds } from '../../results/group-seeds';
import type { ModelResult, Results } from '../../results/results';
import { viewsNotes } from './accuracy-table';
import { left, right } from './columns';
import { isInPaper } from './paper-rows';
import type { Table } from './table';

/** Accuracy, loss, size and time of every model. */
export function summaryTable(results: Results): Table {
  assertResults('summaryTable', results);
  const { models, seeds, heldOut } = results;
  const withViews = models.some(({ views }) => views !== null);
  const images = heldOut > 0 ? 'Held-out' : 'Test';
  const columns = [
    left('Model'),
    right(`${images} accuracy`),
    ...(withViews ? [right('With TTA')] : []),
    right('Best epoch (optimistic)'),
    right(`${images} loss`),
    right('Parameters'),
    right('Training'),
    right('Images/s'),
  ];
  const rows = groupSeeds(models).map((group) => {
    const mean = (select: (model: ModelResult) => number | null) =>
      computeSpread(group.runs.map(select))?.mean;
    const loss = mean(({ testLoss }) => testLoss);
    return [
      group.name,
      accuracyText(group),
      ...(withViews ? [viewsText(group)] : []),
      bestText(group.runs),
      loss === undefined ? missing : loss.toFixed(3),
      count(group.runs[0]!.parameters),
      secondsSpread(computeSpread(group.runs.map(({ trainSeconds }) => trainSeconds))),
      rate(mean(({ imagesPerSecond }) => imagesPerSecond)),
    ];
  });
  const notes = [
    `${images} accuracy is that of the last epoch. The best epoch was selected on the same images, so do not compare it with other results.`,
    ...(isInPaper(results) ? [] : viewsNotes(models)), // else the table of accuracies has them
    ...(seeds.length > 1 ? [`Mean ± standard deviation (n − 1) over ${seeds.length} seeds.`] : []),
  ];
  return { title: 'All models', columns, rows, notes };
}

/** '92.10 % (7)': the accuracy and its epoch; the mean of several trainings. */
function bestText(runs: ModelResult[]): string {
  const best = runs.map(findBestEpoch).filter((epoch) => epoch !== undefined);
  const accuracy = computeSpread(best.map(({ testAccuracy }) => testAccuracy));
  if (!accuracy) return missing;
  const epochs = [...new Set(best.map(({ epoch }) => epoch))].sort((a, b) => a - b);
  return `${percent(accuracy.mean)} (${epochs.join(', ')})`;
}
