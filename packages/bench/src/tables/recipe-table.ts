import { missing } from '../format';
import { groupSeeds } from '../group-seeds';
import type { Results } from '../results';
import type { Table } from '../table';
import { left } from './columns';
import { flatten } from './flatten';

/** Every hyper-parameter, models side by side. */
export function recipeTable({ models }: Results): Table {
  const groups = groupSeeds(models);
  const flat = groups.map(({ runs }) => flatten(runs[0]!.recipe));
  const names = [...new Set(flat.flatMap((recipe) => [...recipe.keys()]))];
  const columns = [left('Hyper-parameter'), ...groups.map(({ name }) => left(name))];
  const rows = names.map((name) => [name, ...flat.map((recipe) => recipe.get(name) ?? missing)]);
  return { title: 'Hyper-parameters', columns, rows, notes: [] };
}
