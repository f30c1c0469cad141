import { count, percent } from '../../lib/format';
import { percentSpread, spreadOf } from '../../lib/spread';
import { groupSeeds } from '../../results/group-seeds';
import type { Calibration, Results } from '../../results/results';
import { left, right } from './columns';
import type { Table } from './table';

/** Expected calibration error of every model that has one; undefined when none has. */
export function calibrationTable({ models }: Results): Table | undefined {
  const groups = groupSeeds(models.filter(({ calibration }) => calibration !== null));
  if (groups.length === 0) return undefined;
  const columns = [left('Model'), right('Expected calibration error'), left('On the whole')];
  const rows = groups.map(({ name, runs }) => {
    const errors = runs.map(({ calibration }) => calibration!.expectedCalibrationError);
    const excess = spreadOf(runs.map(({ calibration }) => confidenceExcess(calibration!)))?.mean ?? 0;
    const tendency = `${percent(Math.abs(excess))} too ${excess > 0 ? 'sure' : 'unsure'}`;
    return [name, percentSpread(spreadOf(errors)), Math.abs(excess) < 5e-5 ? 'as sure as right' : tendency];
  });
  return { title: 'Calibration', columns, rows, notes: [] };
}

/** The bins of one model. @param title in place of its name */
export function calibrationBinsTable({ bins }: Calibration, title: string): Table {
  const columns = [left('Probability'), right('Images'), right('Mean probability'), right('Accuracy')];
  const rows = bins.map(({ from, to, images, confidence, accuracy }) => [
    `${percent(from, 0)} to ${percent(to, 0)}`,
    count(images),
    percent(confidence, 1),
    percent(accuracy, 1),
  ]);
  return { title: `${title}: predictions by their probability`, columns, rows, notes: [] };
}

/** Mean confidence minus accuracy over all images. */
function confidenceExcess({ bins }: Calibration): number {
  const images = bins.reduce((sum, bin) => sum + bin.images, 0);
  const excess = bins.reduce(
    (sum, bin) => sum + bin.images * ((bin.confidence ?? 0) - (bin.accuracy ?? 0)),
    0,
  );
  return images === 0 ? 0 : excess / images;
}
