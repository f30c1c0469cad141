import { missing, rate, times } from '../../lib/format';
import { computeSpread, secondsSpread } from '../../lib/spread';
import type { Results } from '../../results/results';
import { left, right } from './columns';
import { hasPaper, paperRows } from './paper-rows';
import type { Table } from './table';

/** Training time without evaluation, compared with the paper's where it has one. */
export function timeTable(results: Results): Table {
  const compared = paperRows(results);
  const withPaper = hasPaper(compared);
  const columns = [
    left('Model'),
    ...(withPaper ? [right('Paper'), right('Here'), right('Here / paper')] : [right('Time')]),
    right('Images/s'),
  ];
  const rows = compared.map(({ name, ours, theirs }) => {
    const time = computeSpread(ours.runs.map(({ trainSeconds }) => trainSeconds));
    return [
      name,
      ...(withPaper ? [theirs ? `${theirs.trainHours} h` : missing] : []),
      secondsSpread(time),
      ...(withPaper ? [times(time && theirs && time.mean / (3600 * theirs.trainHours))] : []),
      rate(computeSpread(ours.runs.map(({ imagesPerSecond }) => imagesPerSecond))?.mean),
    ];
  });
  const notes = withPaper
    ? ['The paper gives neither the machine nor the number of epochs for its times.']
    : [];
  return { title: 'Training time', columns, rows, notes };
}
