import { count, percent } from '../../lib/format';
import { computeSpread, percentSpread } from '../../lib/spread';
import { groupSeeds } from '../../results/group-seeds';
import type { Calibration, Results } from '../../results/results';
import { left, right } from './columns';
import type { Table } from './table';

/** Expected calibration error of every model that has one; undefined when none has one. */
export function calibrationTable({ models }: Results): Table | undefined {
  const groups = groupSeeds(models.filter(({ calibration }) => calibration !== null));
  if (groups.length === 0) return undefined;
  const columns = [left('Model'), right('Expected calibration error'), left('Overall')];
  const rows = groups.map(({ name, runs }) => {
    const errors = runs.map(({ calibration }) => calibration!.expectedCalibrationError);
    const excess = computeSpread(runs.map(({ calibration }) => confidenceExcess(calibration!)))?.mean ?? 0;
    const size = `${Math.abs(100 * excess).toFixed(2)} points`;
    const tendency = `${excess > 0 ? 'overconfident' : 'underconfident'} by ${size}`;
    return [name, percentSpread(computeSpread(errors)), Math.abs(excess) < 5e-5 ? 'calibrated' : tendency];
  });
  return { title: 'Calibration', columns, rows, notes: [] };
}

/** The bins of one model. @param title replaces its name */
export function calibrationBinsTable({ bins }: Calibration, title: string): Table {
  const columns = [left('Probability'), right('Images'), right('Mean probability'), right('Accuracy')];
  const rows = bins.map(({ from, to, images, confidence, accuracy }) => [
    `${percent(from, 0)} to ${percent(to, 0)}`,
    count(images),
    percent(confidence, 1),
    percent(accuracy, 1),
  ]);
  return { title: `${title}: predictions by probability`, columns, rows, notes: [] };
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
