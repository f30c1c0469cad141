import { seconds, times } from '../../lib/format';
import { computeSpread } from '../../lib/spread';
import { groupSeeds } from '../../results/group-seeds';
import type { Results } from '../../results/results';
import { left, right } from './columns';
import type { Table } from './table';

/** Forecast and actual training time; undefined when there was no forecast. */
export function forecastTable({ models }: Results): Table | undefined {
  const groups = groupSeeds(models.filter(({ forecastSeconds }) => forecastSeconds !== null));
  if (groups.length === 0) return undefined;
  const columns = [left('Model'), right('Forecast'), right('Actual'), right('Actual / forecast')];
  const rows = groups.map(({ name, runs }) => {
    const forecast = computeSpread(runs.map(({ forecastSeconds }) => forecastSeconds))?.mean;
    const actual = computeSpread(runs.map(({ trainSeconds }) => trainSeconds))?.mean;
    const ratio = forecast && actual !== undefined ? actual / forecast : undefined;
    return [name, seconds(forecast), seconds(actual), times(ratio)];
  });
  const notes = ['The forecast was made before the run, from a few steps of each model.'];
  return { title: 'Training time, forecast and actual', columns, rows, notes };
}
