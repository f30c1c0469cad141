import { count, missing, percent, points, times } from '../../lib/format';
import { computeSpread } from '../../lib/spread';
import { accuracyText, lastEpoch, viewsText } from '../../results/accuracy';
import { evaluatedImages } from '../../results/evaluated-images';
import { groupSeeds } from '../../results/group-seeds';
import type { Results } from '../../results/results';
import { left, right } from './columns';
import { paperRows } from './paper-rows';
import type { Table } from './table';

/** Test accuracy compared with the paper's, ours after the last epoch. */
export function accuracyTable(results: Results): Table {
  const rows = paperRows(results);
  const withViews = results.models.some(({ views }) => views !== null);
  const columns = [
    left('Model'),
    right('Paper'),
    right('Here'),
    ...(withViews ? [right('With TTA')] : []),
    right('Difference'),
    right('Here / paper'),
    right('Seeds that reach it'),
    right('Epochs'),
  ];
  const cells = rows.map(({ name, ours, theirs }) => {
    // A smaller network trained for few epochs is not comparable with the paper's.
    const isFull = ours.runs.every(({ narrowed }) => narrowed === null);
    const here = isFull ? lastEpoch(ours) : undefined;
    const reached =
      isFull && theirs
        ? ours.runs.filter((run) => (run.testAccuracy ?? 0) >= theirs.testAccuracy)
        : undefined;
    return [
      name,
      percent(theirs?.testAccuracy, 1),
      accuracyText(ours),
      ...(withViews ? [viewsText(ours)] : []),
      here && theirs ? points(here.mean - theirs.testAccuracy) : missing,
      times(here && theirs && here.mean / theirs.testAccuracy),
      reached ? `${reached.length} of ${ours.runs.length}` : missing,
      count(computeSpread(ours.runs.map(({ epochs }) => epochs))?.mean),
    ];
  });
  const title = `Accuracy on ${evaluatedImages(results)}`;
  return { title, columns, rows: cells, notes: notesOf(results) };
}

function notesOf({ models, profile, seeds, heldOut }: Results): string[] {
  const narrowed = groupSeeds(models).filter(({ runs }) => runs.some((run) => run.narrowed !== null));
  const views = new Map(
    models.flatMap(({ name, views }) =>
      views ? [[name, `${views.count} views of each image, ${views.description}`]] : [],
    ),
  );
  const alike = [...new Set(views.values())];
  return [
    seeds.length > 1 && `Mean ± standard deviation (n − 1) over ${seeds.length} seeds.`,
    heldOut > 0 && `Ours are measured on ${count(heldOut)} held-out training images, not on the test set.`,
    narrowed.length > 0 &&
      `The profile ${profile} trains smaller networks (${narrowed.map(({ name }) => name).join(', ')}) for few epochs, so they are not compared with the paper.`,
    ...alike.map((text) => {
      const names = [...views].filter(([, other]) => other === text).map(([name]) => name);
      return `With TTA (test-time augmentation; ${names.join(', ')}): ${text}. Difference and ratio are without it.`;
    }),
  ].filter((note) => note !== false);
}
