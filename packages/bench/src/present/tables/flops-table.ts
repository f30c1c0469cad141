import { flop, missing, times } from '../../lib/format';
import { computeSpread } from '../../lib/spread';
import type { ModelResult, Results } from '../../results/results';
import { left, right } from './columns';
import { hasPaper, paperRows } from './paper-rows';
import type { Table } from './table';

/** Floating-point operations in the three meanings that the paper's number may have, compared with it where there is one. */
export function flopsTable(results: Results): Table {
  const compared = paperRows(results);
  const withPaper = hasPaper(compared);
  const columns = [
    left('Model'),
    ...(withPaper
      ? [
          right('Paper, billions'),
          right('Here: image'),
          right('Here: step'),
          right('Here: training'),
          right('Image / paper'),
          right('Step / paper'),
          right('Training / paper'),
        ]
      : [right('Image'), right('Step'), right('Training')]),
  ];
  const rows = compared.map(({ name, ours, theirs }) => {
    const mean = (select: (flops: ModelResult['flops']) => number) =>
      computeSpread(ours.runs.map(({ flops }) => select(flops)))?.mean;
    const image = mean(({ forwardPerImage }) => forwardPerImage);
    const step = mean(({ trainPerStep }) => trainPerStep);
    const training = mean(({ trainTotal }) => trainTotal);
    const ratio = (value: number | undefined) =>
      times(value !== undefined && theirs ? value / (1e9 * theirs.flopsBillions) : undefined);
    return [
      name,
      ...(withPaper ? [theirs ? String(theirs.flopsBillions) : missing] : []),
      ...[image, step, training].map(flop),
      ...(withPaper ? [image, step, training].map(ratio) : []),
    ];
  });
  const notes = [
    'Image: one forward pass. Step: one training step on a batch. Training: all steps. A multiply-add is 2 operations.',
    ...(withPaper
      ? ['The paper does not say what its number counts; only a step is consistent with its numbers.']
      : []),
  ];
  return { title: 'Floating-point operations', columns, rows, notes };
}
