import { missing, rate, times } from '../../lib/format';
import { computeSpread, secondsSpread } from '../../lib/spread';
import type { Results } from '../../results/results';
import { left, right } from './columns';
import { paperRows } from './paper-rows';
import type { Table } from './table';

/** Training time compared with the paper's, ours without evaluation. */
export function timeTable(results: Results): Table {
  const columns = [left('Model'), right('Paper'), right('Here'), right('Here / paper'), right('Images/s')];
  const rows = paperRows(results).map(({ name, ours, theirs }) => {
    const time = computeSpread(ours?.runs.map(({ trainSeconds }) => trainSeconds) ?? []);
    return [
      name,
      theirs ? `${theirs.trainHours} h` : missing,
      secondsSpread(time),
      times(time && theirs && time.mean / (3600 * theirs.trainHours)),
      rate(computeSpread(ours?.runs.map(({ imagesPerSecond }) => imagesPerSecond) ?? [])?.mean),
    ];
  });
  const notes = ['The paper gives neither the machine nor the number of epochs for its times.'];
  return { title: 'Training time', columns, rows, notes };
}
