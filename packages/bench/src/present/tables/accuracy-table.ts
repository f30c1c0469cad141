import { count, missing, percent, points, times } from '../../lib/format';
import { computeSpread } from '../../lib/spread';
import { accuracyText, lastEpoch, viewsText } from '../../results/accuracy';
import { evaluatedImages } from '../../results/evaluated-images';
import { groupSeeds, type ModelGroup } from '../../results/group-seeds';
import type { ModelResult, Results } from '../../results/results';
import { left, right } from './columns';
import { hasPaper, type PaperModel, paperRows } from './paper-rows';
import type { Table } from './table';

/** Test accuracy after the last epoch, compared with the paper's where it has one. */
export function accuracyTable(results: Results): Table {
  const rows = paperRows(results);
  const withViews = results.models.some(({ views }) => views !== null);
  const withPaper = hasPaper(rows);
  const withDifference = rows.some(({ ours, theirs }) => theirs && isFullSize(ours));
  const columns = [
    left('Model'),
    ...(withPaper ? [right('Paper'), right('Here')] : [right('Accuracy')]),
    ...(withViews ? [right('With TTA')] : []),
    ...(withDifference ? [right('Difference'), right('Here / paper'), right('Seeds that reach it')] : []),
    right('Epochs'),
  ];
  const cells = rows.map(({ name, ours, theirs }) => [
    name,
    ...(withPaper ? [percent(theirs?.testAccuracy, 1)] : []),
    accuracyText(ours),
    ...(withViews ? [viewsText(ours)] : []),
    ...(withDifference ? differenceCells(ours, theirs) : []),
    count(computeSpread(ours.runs.map(({ epochs }) => epochs))?.mean),
  ]);
  const title = `Accuracy on ${evaluatedImages(results)}`;
  return { title, columns, rows: cells, notes: accuracyNotes(results, { withPaper, withDifference }) };
}

/** A smaller network trained for few epochs is not comparable with the paper's. */
const isFullSize = ({ runs }: ModelGroup): boolean => runs.every(({ narrowed }) => narrowed === null);

/** Difference, ratio, and how many seeds reach the paper's accuracy. */
function differenceCells(ours: ModelGroup, theirs: PaperModel | undefined): string[] {
  if (!theirs || !isFullSize(ours)) return [missing, missing, missing];
  const here = lastEpoch(ours);
  const reached = ours.runs.filter((run) => (run.testAccuracy ?? 0) >= theirs.testAccuracy);
  return [
    points(here && here.mean - theirs.testAccuracy),
    times(here && here.mean / theirs.testAccuracy),
    `${reached.length} of ${ours.runs.length}`,
  ];
}

function accuracyNotes(
  { models, profile, seeds, heldOut }: Results,
  { withPaper, withDifference }: { withPaper: boolean; withDifference: boolean },
): string[] {
  const narrowed = groupSeeds(models).filter(({ runs }) => runs.some((run) => run.narrowed !== null));
  return [
    seeds.length > 1 && `Mean ± standard deviation (n − 1) over ${seeds.length} seeds.`,
    heldOut > 0 &&
      `${withPaper ? 'Ours are' : 'It is'} measured on ${count(heldOut)} held-out training images, not on the test set.`,
    narrowed.length > 0 &&
      `The profile ${profile} trains smaller networks (${narrowed.map(({ name }) => name).join(', ')}) for few epochs${withPaper ? ', so they are not compared with the paper' : ''}.`,
    ...viewsNotes(models).map((note) =>
      withDifference ? `${note} Difference and ratio are without it.` : note,
    ),
  ].filter((note) => note !== false);
}

/** Which views the models are evaluated on with test-time augmentation; one note for those with the same views. */
export function viewsNotes(models: readonly ModelResult[]): string[] {
  const views = new Map(
    models.flatMap(({ name, views }) =>
      views ? [[name, `${views.count} views of each image, ${views.description}`]] : [],
    ),
  );
  return [...new Set(views.values())].map((text) => {
    const names = [...views].filter(([, other]) => other === text).map(([name]) => name);
    return `With TTA (test-time augmentation; ${names.join(', ')}): ${text}.`;
  });
}
