import { computeSpread, percentSpread, type Spread } from '../lib/spread';
import type { ModelGroup } from './group-seeds';
import type { ModelResult } from './results';

/** The accuracy of a model's trainings after the last epoch, without those that diverged. */
export function lastEpoch({ runs }: ModelGroup): Spread | undefined {
  return computeSpread(runs.map(({ testAccuracy, diverged }) => (diverged ? null : testAccuracy)));
}

/** The same as text, which also says how many trainings diverged. */
export function accuracyText(group: ModelGroup | undefined): string {
  if (!group) return percentSpread(undefined);
  const diverged = group.runs.filter((run) => run.diverged).length;
  if (diverged === group.runs.length) return 'diverged';
  const text = percentSpread(lastEpoch(group));
  return diverged === 0 ? text : `${text} (${diverged} of ${group.runs.length} diverged)`;
}

/** Accuracy with test-time augmentation; a dash without it. */
export function viewsText(group: ModelGroup | undefined): string {
  return percentSpread(computeSpread(group?.runs.map(({ views }) => views?.testAccuracy) ?? []));
}

/** The epoch with the highest test accuracy; undefined when no epoch has one. */
export function findBestEpoch({ history }: ModelResult): ModelResult['history'][number] | undefined {
  return history.reduce<ModelResult['history'][number] | undefined>(
    (found, epoch) => ((epoch.testAccuracy ?? -1) > (found?.testAccuracy ?? -1) ? epoch : found),
    undefined,
  );
}
