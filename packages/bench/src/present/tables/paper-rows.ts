import { groupSeeds, type ModelGroup } from '../../results/group-seeds';
import type { Results } from '../../results/results';

export type PaperModel = Results['paper']['models'][number];

/** A model of this run and its row in the paper's tables. */
export interface PaperRow {
  name: string;
  ours: ModelGroup;
  theirs?: PaperModel;
}

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
