import { flop, missing, times } from '../../lib/format';
import { spreadOf } from '../../lib/spread';
import type { ModelResult, Results } from '../../results/results';
import { left, right } from './columns';
import { rowsOf } from './rows-of';
import type { Table } from './table';

/** Floating-point operations under the three readings that the paper's number may have. */
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
  const rows = rowsOf(results).map(({ name, ours, theirs }) => {
    const mean = (of: (flops: ModelResult['flops']) => number) =>
      spreadOf(ours?.runs.map(({ flops }) => of(flops)) ?? [])?.mean;
    const image = mean(({ forwardPerImage }) => forwardPerImage);
    const step = mean(({ trainPerStep }) => trainPerStep);
    const training = mean(({ trainTotal }) => trainTotal);
    const beside = (value: number | undefined) =>
      times(value !== undefined && theirs ? value / (1e9 * theirs.flopsBillions) : undefined);
    return [
      name,
      theirs ? String(theirs.flopsBillions) : missing,
      ...[image, step, training].map(flop),
      ...[image, step, training].map(beside),
    ];
  });
  const notes = [
    'Image: one forward pass. Step: what one training step on a batch executes. Training: all steps. A multiply-add is 2 operations.',
    'The paper does not say what its number counts; a step is the only reading that its numbers allow.',
  ];
  return { title: 'Floating-point operations', columns, rows, notes };
}
