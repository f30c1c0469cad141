import { groupSeeds, type ModelGroup } from '../../results/group-seeds';
import type { Results } from '../../results/results';

export type PaperModel = Results['paper']['models'][number];

/** A model of the paper, of this run, or of both. */
export interface PaperRow {
  name: string;
  ours?: ModelGroup;
  theirs?: PaperModel;
}

/** The paper's models in its order, then those it does not have. */
export function rowsOf({ models, paper }: Pick<Results, 'models' | 'paper'>): PaperRow[] {
  const groups = groupSeeds(models);
  const known: PaperRow[] = paper.models.map((theirs) => ({
    name: theirs.model,
    theirs,
    ours: groups.find(({ name }) => name === theirs.model),
  }));
  const more = groups.filter(({ name }) => !paper.models.some((theirs) => theirs.model === name));
  return [...known, ...more.map((ours) => ({ name: ours.name, ours }))];
}
