import type { ModelResult } from './results';

/** The trainings of one model, which differ only in their seed. */
export interface ModelGroup {
  name: string;
  /** At least one, in the order of the results. */
  runs: ModelResult[];
}

/** Groups the trainings by model, in the order in which the models first appear. */
export function groupSeeds(models: readonly ModelResult[]): ModelGroup[] {
  const groups = new Map<string, ModelResult[]>();
  for (const model of models) groups.set(model.name, [...(groups.get(model.name) ?? []), model]);
  return [...groups].map(([name, runs]) => ({ name, runs }));
}
