import { count, flop, missing, percent, points, seconds, times } from '../../lib/format';
import type { Results } from '../../results/results';
import { left, right } from './columns';
import { hasPaper, type PaperModel } from './paper-rows';
import type { Table } from './table';

/** The progress of a training; unknown values are null. */
export interface SoFar {
  model: string;
  /** The label of the training. */
  label: string;
  epochs: number;
  /** The last finished epoch; 0 before the first has finished. */
  epoch: number;
  testAccuracy: number | null;
  /** Training time, without evaluation. */
  seconds: number | null;
  secondsLeft: number | null;
  flops: { forwardPerImage: number; step: number | null; training: number | null };
}

/** Accuracy, time and operations so far, each compared with the paper's where it has figures for the dataset. */
export function tablesSoFar(trainings: readonly SoFar[], paper: Results['paper']): Table[] {
  const rows = paperRows(trainings, paper);
  return [accuracySoFar(rows), timeSoFar(rows), flopsSoFar(rows)];
}

/** Whether any of these tables has a column of the paper. */
export const isComparedSoFar = (trainings: readonly SoFar[], paper: Results['paper']): boolean =>
  hasPaper(paperRows(trainings, paper));

interface Row {
  name: string;
  ours?: SoFar;
  theirs?: PaperModel;
}

/**
 * The trainings of the paper's models in its order, then those of other models; only the paper's rows before the first
 * training.
 */
function paperRows(trainings: readonly SoFar[], { models }: Results['paper']): Row[] {
  if (trainings.length === 0) return models.map((theirs) => ({ name: theirs.model, theirs }));
  const known = models.flatMap((theirs): Row[] =>
    trainings
      .filter(({ model }) => model === theirs.model)
      .map((ours) => ({ name: ours.label, ours, theirs })),
  );
  const more = trainings.filter(({ model }) => !models.some((theirs) => theirs.model === model));
  return [...known, ...more.map((ours) => ({ name: ours.label, ours }))];
}

function accuracySoFar(rows: Row[]): Table {
  const withPaper = hasPaper(rows);
  return {
    title: 'Accuracy so far',
    columns: [
      left('Model'),
      ...(withPaper ? [right('Paper'), right('Here'), right('Difference')] : [right('Accuracy')]),
      right('After epoch'),
    ],
    rows: rows.map(({ name, ours, theirs }) => {
      const here = ours?.testAccuracy ?? undefined;
      const difference = here !== undefined && theirs ? here - theirs.testAccuracy : undefined;
      return [
        name,
        ...(withPaper ? [percent(theirs?.testAccuracy, 1)] : []),
        percent(here),
        ...(withPaper ? [points(difference)] : []),
        ours ? `${count(ours.epoch)} of ${count(ours.epochs)}` : missing,
      ];
    }),
    notes: [],
  };
}

function timeSoFar(rows: Row[]): Table {
  const withPaper = hasPaper(rows);
  return {
    title: 'Training time so far',
    columns: [
      left('Model'),
      ...(withPaper ? [right('Paper'), right('Here')] : [right('Time')]),
      right('At the end'),
      ...(withPaper ? [right('At the end / paper')] : []),
    ],
    rows: rows.map(({ name, ours, theirs }) => {
      const atEnd = ours && sum(ours.seconds, ours.secondsLeft);
      return [
        name,
        ...(withPaper ? [theirs ? `${theirs.trainHours} h` : missing] : []),
        seconds(ours?.seconds),
        seconds(atEnd),
        ...(withPaper ? [times(atEnd && theirs ? atEnd / (3600 * theirs.trainHours) : undefined)] : []),
      ];
    }),
    notes: [
      `At the end: extrapolated from the mean step so far.${withPaper ? ' The paper gives neither the machine nor the number of epochs.' : ''}`,
    ],
  };
}

function flopsSoFar(rows: Row[]): Table {
  const withPaper = hasPaper(rows);
  return {
    title: 'Floating-point operations so far',
    columns: [
      left('Model'),
      ...(withPaper
        ? [
            right('Paper, billions'),
            right('Here: image'),
            right('Here: step'),
            right('Here: training'),
            right('Step / paper'),
          ]
        : [right('Image'), right('Step'), right('Training')]),
    ],
    rows: rows.map(({ name, ours, theirs }) => {
      const step = ours?.flops.step;
      return [
        name,
        ...(withPaper ? [theirs ? String(theirs.flopsBillions) : missing] : []),
        ...[ours?.flops.forwardPerImage, step, ours?.flops.training].map(flop),
        ...(withPaper ? [times(step && theirs ? step / (1e9 * theirs.flopsBillions) : undefined)] : []),
      ];
    }),
    notes: [
      'Image: one forward pass. Step: the last training step. Training: up to the last finished epoch.',
      ...(withPaper
        ? ['The paper does not say what its number counts; only a step is consistent with its numbers.']
        : []),
    ],
  };
}

const sum = (a: number | null, b: number | null): number | undefined =>
  a === null || b === null ? undefined : a + b;
