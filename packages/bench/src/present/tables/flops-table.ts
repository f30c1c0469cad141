import { flop, missing, times } from '../../lib/format';
import { computeSpread } from '../../lib/spread';
import type { ModelResult, Results } from '../../results/results';
import { left, right } from './columns';
import { paperRows } from './paper-rows';
import type { Table } from './table';

/** Floating-point operations in the three meanings that the paper's number may have. */
export function flopsTable(results: Results): Table {
  const columns = [
    left('Model'),
    right('Paper (billions)'),
    right('Here: image'),
    right('Here: step'),
    right('Here: training'),
    right('Image / paper'),
    right('Step / paper'),
    right('Training / paper'),
  ];
  const rows = paperRows(results).map(({ name, ours, theirs }) => {
    const mean = (of: (flops: ModelResult['flops']) => number) =>
      computeSpread(ours?.runs.map(({ flops }) => of(flops)) ?? [])?.mean;
    const image = mean(({ forwardPerImage }) => forwardPerImage);
    const step = mean(({ trainPerStep }) => trainPerStep);
    const training = mean(({ trainTotal }) => trainTotal);
    const ratio = (value: number | undefined) =>
      times(value !== undefined && theirs ? value / (1e9 * theirs.flopsBillions) : undefined);
    return [
      name,
      theirs ? String(theirs.flopsBillions) : missing,
      ...[image, step, training].map(flop),
      ...[image, step, training].map(ratio),
    ];
  });
  const notes = [
    'Image: one forward pass. Step: one training step on a batch. Training: all steps. A multiply-add is 2 operations.',
    'The paper does not say what its number counts; only a step is consistent with its numbers.',
  ];
  return { title: 'Floating-point operations', columns, rows, notes };
}
