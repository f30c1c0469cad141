import { missing } from '../../lib/format';
import { groupSeeds } from '../../results/group-seeds';
import type { Results } from '../../results/results';
import { left } from './columns';
import { flatten } from './flatten';
import type { Table } from './table';

/** Every hyperparameter, one column per model. */
export function recipeTable({ models }: Results): Table {
  const groups = groupSeeds(models);
  const flat = groups.map(({ runs }) => flatten(runs[0]!.recipe));
  const names = [...new Set(flat.flatMap((recipe) => [...recipe.keys()]))];
  const columns = [left('Hyperparameter'), ...groups.map(({ name }) => left(name))];
  const rows = names.map((name) => [name, ...flat.map((recipe) => recipe.get(name) ?? missing)]);
  return { title: 'Hyperparameters', columns, rows, notes: [] };
}
