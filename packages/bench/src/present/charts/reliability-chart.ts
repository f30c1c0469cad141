import { percent } from '../../lib/format';
import type { ModelGroup } from '../../results/group-seeds';
import { lineChart } from './chart';

/** Accuracy over predicted probability as an SVG; undefined when no model has calibration. */
export async function reliabilityChart(groups: readonly ModelGroup[]): Promise<string | undefined> {
  const measured = groups.map(({ name, runs }) => ({
    name,
    calibrations: runs.map(({ calibration }) => calibration).filter((calibration) => calibration !== null),
  }));
  if (measured.every(({ calibrations }) => calibrations.length === 0)) return undefined;
  const errors = measured
    .filter(({ calibrations }) => calibrations.length > 0)
    .map(
      ({ name, calibrations: [first] }) =>
        `${name} has an expected calibration error of ${percent(first!.expectedCalibrationError)}`,
    );
  return lineChart({
    id: 'reliability',
    title: 'Accuracy over predicted probability',
    description: `${errors.join('; ')}. On the dotted diagonal, accuracy equals the predicted probability.`,
    series: measured.map(({ name, calibrations }, index) => ({
      name,
      index,
      lines: calibrations.map(({ bins }) =>
        bins.flatMap(({ confidence, accuracy }) =>
          confidence === null || accuracy === null ? [] : [{ x: 100 * confidence, y: 100 * accuracy }],
        ),
      ),
    })),
    x: { label: 'predicted probability (%)', domain: [0, 100] },
    y: { domain: [0, 100] },
    diagonal: true,
  });
}
