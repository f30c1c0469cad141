import { bytes, energy, flop, percent, rate } from '../../lib/format';
import { computeSpread } from '../../lib/spread';
import { groupSeeds } from '../../results/group-seeds';
import type { ModelResult, Results } from '../../results/results';
import { left, right } from './columns';
import type { Table } from './table';

/** The cost of training every model. */
export function costTable({ models, peak }: Results): Table {
  const columns = [
    left('Model'),
    right('FLOP'),
    right('FLOP to best epoch'),
    right('GFLOP/s'),
    right('Of measured peak'),
    right('Peak memory'),
    right('Energy'),
  ];
  const rows = groupSeeds(models).map(({ name, runs }) => {
    const mean = (select: (model: ModelResult) => number | null) => computeSpread(runs.map(select))?.mean;
    return [
      name,
      flop(mean(({ flops }) => flops.trainTotal)),
      flop(mean(({ flops }) => flops.toBest)),
      rate(mean(({ gflopsPerSecond }) => gflopsPerSecond)),
      percent(
        mean(({ peakFraction }) => peakFraction),
        1,
      ),
      bytes(mean(({ peakMemoryBytes }) => peakMemoryBytes)),
      energy(mean(({ energyJoules }) => energyJoules)),
    ];
  });
  const notes = [
    peak
      ? `Measured peak: ${rate(peak.gflopsPerSecond)} GFLOP/s, ${peak.method}.`
      : 'The peak of this machine was not measured.',
    ...(models.some(({ peakFraction }) => (peakFraction ?? 0) > 1)
      ? [
          'Values above 100 % of the peak occur because convolutions count as direct ones, while Winograd’s algorithm needs fewer operations.',
        ]
      : []),
    ...energyNotes(models),
  ];
  return { title: 'Cost of training', columns, rows, notes };
}

/** How energy was measured, or why it was not, without repetitions. */
export function energyNotes(models: readonly ModelResult[]): string[] {
  const notes = models.map(({ energyJoules, energyReason }) =>
    energyJoules === null
      ? `Energy was not measured: ${energyReason ?? 'the run gives no reason'}.`
      : energyReason && `Energy: ${energyReason}.`,
  );
  return [...new Set(notes)]
    .filter((note) => typeof note === 'string')
    .map((note) => note.replace(/\.+$/, '.'));
}
