import { percentSpread, type Spread, spreadOf } from '../lib/spread';
import type { ModelGroup } from './group-seeds';
import type { ModelResult } from './results';

/** What the trainings of a model reached after their last epoch; those that diverged reached nothing. */
export function lastEpoch({ runs }: ModelGroup): Spread | undefined {
  return spreadOf(runs.map(({ testAccuracy, diverged }) => (diverged ? null : testAccuracy)));
}

/** The same in words, which also say when trainings diverged. */
export function accuracyText(group: ModelGroup | undefined): string {
  if (!group) return percentSpread(undefined);
  const diverged = group.runs.filter((run) => run.diverged).length;
  if (diverged === group.runs.length) return 'diverged';
  const text = percentSpread(lastEpoch(group));
  return diverged === 0 ? text : `${text} (${diverged} of ${group.runs.length} diverged)`;
}

/** Of predictions over several views of an image; a dash without. */
export function viewsText(group: ModelGroup | undefined): string {
  return percentSpread(spreadOf(group?.runs.map(({ views }) => views?.testAccuracy) ?? []));
}

/** The epoch with the highest test accuracy; undefined when none has one. */
export function bestOf({ history }: ModelResult): ModelResult['history'][number] | undefined {
  return history.reduce<ModelResult['history'][number] | undefined>(
    (found, epoch) => ((epoch.testAccuracy ?? -1) > (found?.testAccuracy ?? -1) ? epoch : found),
    undefined,
  );
}
