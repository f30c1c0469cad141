import { assertResults } from '../../results/assert-results';
import type { Results } from '../../results/results';
import { accuracyTable } from './accuracy-table';
import { flopsTable } from './flops-table';
import type { Table } from './table';
import { timeTable } from './time-table';

/** Accuracy, training time and operations of a run, each compared with the paper's where it has figures for the dataset. */
export function paperTables(results: Results): Table[] {
  assertResults('paperTables', results);
  return [accuracyTable(results), timeTable(results), flopsTable(results)];
}
