import { count, missing, percent, points, times } from '../../lib/format';
import { spreadOf } from '../../lib/spread';
import { accuracyText, lastEpoch, viewsText } from '../../results/accuracy';
import { evaluatedImages } from '../../results/evaluated-images';
import { groupSeeds } from '../../results/group-seeds';
import type { Results } from '../../results/results';
import { left, right } from './columns';
import { rowsOf } from './rows-of';
import type { Table } from './table';

/** Test accuracy, ours after the last epoch. */
export function accuracyTable(results: Results): Table {
  const rows = rowsOf(results);
  const withViews = results.models.some(({ views }) => views !== null);
  const columns = [
    left('Model'),
    right('Paper'),
    right('Here'),
    ...(withViews ? [right('With views')] : []),
    right('Difference'),
    right('Here / paper'),
    right('Runs that reach it'),
    right('Epochs'),
  ];
  const cells = rows.map(({ name, ours, theirs }) => {
    // A smaller network in a few epochs says nothing about the paper's.
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
      count(spreadOf(ours.runs.map(({ epochs }) => epochs))?.mean),
    ];
  });
  const title = `Accuracy on ${evaluatedImages(results)}`;
  return { title, columns, rows: cells, notes: notesOf(results) };
}

function notesOf({ models, profile, seeds, heldOut }: Results): string[] {
  const narrowed = groupSeeds(models).filter(({ runs }) => runs.some((run) => run.narrowed !== null));
  const views = new Map(
    models.flatMap(({ name, views }) =>
      views ? [[name, `${views.count} views of each image: ${views.description}`]] : [],
    ),
  );
  const alike = [...new Set(views.values())];
  return [
    seeds.length > 1 && `Mean ± standard deviation (n − 1) of ${seeds.length} seeds.`,
    heldOut > 0 &&
      `Ours are not of the test set: ${count(heldOut)} training images were kept from training and stand in for it.`,
    narrowed.length > 0 &&
      `Profile ${profile}: smaller networks than the ones these names stand for (${narrowed.map(({ name }) => name).join(', ')}) and few epochs, so they are not compared with the paper.`,
    ...alike.map((text) => {
      const names = [...views].filter(([, other]) => other === text).map(([name]) => name);
      return `With views (${names.join(', ')}): predictions are averaged over ${text}. Difference and ratio are of the single view.`;
    }),
  ].filter((note) => note !== false);
}
