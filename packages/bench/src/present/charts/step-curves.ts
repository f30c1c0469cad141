import { rate } from '../../lib/format';
import type { ModelGroup } from '../../results/group-seeds';
import type { StepPoint } from '../../results/results';
import { lineChart, type Point } from './chart';

export type StepQuantity = 'learningRate' | 'gradientNorm' | 'loss';

export const stepTitles: Record<StepQuantity, string> = {
  learningRate: 'Learning rate, in % of its maximum',
  gradientNorm: 'Gradient norm before clipping (logarithmic)',
  loss: 'Training loss of single steps',
};

/**
 * A quantity of the steps of all models on shared axes as an SVG; undefined when no step has it. Learning rates of
 * different optimizers are decades apart, so each is drawn relative to its maximum.
 */
export async function stepCurves(
  groups: readonly ModelGroup[],
  quantity: StepQuantity,
): Promise<string | undefined> {
  const series = groups.map(({ name, runs }, index) => ({
    name,
    index,
    lines: runs.map(({ steps }) => selectPoints(steps, quantity)),
  }));
  if (series.every(({ lines }) => lines.every((line) => line.length === 0))) return undefined;
  const ends = groups.map(({ name, runs: [first] }) => {
    const values = first!.steps.map((step) => step[quantity]).filter((value) => value !== null);
    if (values.length === 0) return `${name}: none`;
    return `${name}: highest ${rate(Math.max(...values))}, at the end ${rate(values.at(-1))}`;
  });
  return lineChart({
    id: `${quantity}-by-step`,
    title: `${stepTitles[quantity]}, over steps`,
    description: `${ends.join('; ')}.`,
    series,
    x: { label: 'training step', zero: true },
    y: quantity === 'learningRate' ? { domain: [0, 104] } : { log: quantity === 'gradientNorm' },
  });
}

/** 'cnn 0.085, vit 0.002': the highest learning rate of each model. */
export function highestLearningRates(groups: readonly ModelGroup[]): string {
  const highest = groups
    .filter(({ runs: [first] }) => first!.steps.length > 0)
    .map(
      ({ name, runs: [first] }) =>
        `${name} ${rate(Math.max(...first!.steps.map(({ learningRate }) => learningRate)))}`,
    );
  return highest.join(', ');
}

function selectPoints(steps: readonly StepPoint[], quantity: StepQuantity): Point[] {
  const highest = Math.max(...steps.map(({ learningRate }) => learningRate));
  return steps.flatMap((step) => {
    const value = step[quantity];
    if (value === null || (quantity === 'gradientNorm' && value <= 0)) return [];
    return [{ x: step.step, y: quantity === 'learningRate' ? (100 * value) / (highest || 1) : value }];
  });
}
