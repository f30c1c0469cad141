import { missing, rate, times } from '../../lib/format';
import { secondsSpread, spreadOf } from '../../lib/spread';
import type { Results } from '../../results/results';
import { left, right } from './columns';
import { rowsOf } from './rows-of';
import type { Table } from './table';

/** Training time, ours without evaluation. */
export function timeTable(results: Results): Table {
  const columns = [left('Model'), right('Paper'), right('Here'), right('Here / paper'), right('Images/s')];
  const rows = rowsOf(results).map(({ name, ours, theirs }) => {
    const time = spreadOf(ours?.runs.map(({ trainSeconds }) => trainSeconds) ?? []);
    return [
      name,
      theirs ? `${theirs.trainHours} h` : missing,
      secondsSpread(time),
      times(time && theirs && time.mean / (3600 * theirs.trainHours)),
      rate(spreadOf(ours?.runs.map(({ imagesPerSecond }) => imagesPerSecond) ?? [])?.mean),
    ];
  });
  const notes = ['The paper names neither the machine nor the number of epochs of its times.'];
  return { title: 'Training time', columns, rows, notes };
}
