import { groupSeeds, type ModelGroup } from '../../results/group-seeds';
import type { Results } from '../../results/results';

export type PaperModel = Results['paper']['models'][number];

/** A model of this run and its row in the paper's tables. */
export interface PaperRow {
  name: string;
  ours: ModelGroup;
  theirs?: PaperModel;
}

/** Whether the paper has figures for any model of a run: it has none for other datasets than its own. */
export const isInPaper = (results: Pick<Results, 'models' | 'paper'>): boolean =>
  hasPaper(paperRows(results));

/** Whether the paper has figures for any of these rows; without any, tables leave out its columns. */
export const hasPaper = (rows: readonly { theirs?: PaperModel }[]): boolean =>
  rows.some(({ theirs }) => theirs !== undefined);

/** The trained models: first those of the paper in its order, then the others. */
export function paperRows({ models, paper }: Pick<Results, 'models' | 'paper'>): PaperRow[] {
  const groups = groupSeeds(models);
  const known = paper.models.flatMap((theirs): PaperRow[] => {
    const ours = groups.find(({ name }) => name === theirs.model);
    return ours ? [{ name: theirs.model, theirs, ours }] : [];
  });
  const more = groups.filter(({ name }) => !paper.models.some((theirs) => theirs.model === name));
  return [...known, ...more.map((ours) => ({ name: ours.name, ours }))];
}
