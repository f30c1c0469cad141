import { countFlops, countParameters, type Model } from '@tenfold/layers';
import type { Optimizer } from '@tenfold/optimizers';
import type { StepReport, Trainer } from '@tenfold/training';
import { describeBackend } from '../../backends/select-backend';
import type { StepPoint } from '../../results/results';
import { openEnergyMeter } from './open-energy-meter';
import { createStepMeter, type StepMetrics } from './step-meter';
import { stepPoints } from './step-points';

/** The measurements of a training so far, which a checkpoint stores. */
export interface Measured {
  /** Executed floating-point operations. */
  flops: number;
  joules: number | null;
  /** Evenly spread steps. */
  points: StepPoint[];
}

/** Measures executed operations, gradients and energy of a training without changing any bit of it. */
export interface TrainingMeter {
  watchOptimizer(optimizer: Optimizer): Optimizer;
  watchTrainer(trainer: Trainer): Trainer;
  /** Continues from the measurements of a checkpoint. */
  restore(measured: Measured): void;
  /** Training runs from here until `pause`. */
  start(): void;
  /** What follows is not training. */
  pause(): void;
  /** Must be called right after every step. */
  step(report: StepReport, learningRate: number): Promise<StepMetrics>;
  read(): Measured;
  /** How the energy was measured, or why it was not. */
  readonly energyReason: string;
  dispose(): void;
}

export async function createTrainingMeter(
  model: Model,
  { totalSteps, batchSize, imageShape }: { totalSteps: number; batchSize: number; imageShape: number[] },
): Promise<TrainingMeter> {
  const { pointEvery, normEvery } = stepPoints({
    totalSteps,
    parameters: countParameters(model),
    stepFlops: 3 * countFlops(model, imageShape) * batchSize,
  });
  const steps = createStepMeter({ normEvery });
  const energy = await openEnergyMeter(describeBackend());
  let earlier: Measured = { flops: 0, joules: 0, points: [] };
  let flops = 0;
  const points: StepPoint[] = [];
  return {
    watchOptimizer: steps.watchOptimizer,
    watchTrainer: steps.watchTrainer,
    restore(measured) {
      earlier = measured;
    },
    start: () => energy.start(),
    pause: () => energy.stop(),
    async step({ step, loss }, learningRate) {
      const metrics = await steps.read();
      flops += metrics.flops;
      energy.read(); // often enough to notice when a counter wraps around
      if (step % pointEvery === 0) {
        points.push({ step, loss, learningRate, gradientNorm: metrics.gradientNorm });
      }
      return metrics;
    },
    read() {
      const joules = energy.read();
      return {
        flops: earlier.flops + flops,
        joules: earlier.joules === null || joules === null ? null : earlier.joules + joules,
        points: [...earlier.points, ...points],
      };
    },
    get energyReason() {
      const isPart = earlier.joules === null && energy.read() !== null;
      return isPart ? `unknown before the interruption; since then: ${energy.how}` : energy.how;
    },
    dispose() {
      steps.dispose();
      energy.close();
    },
  };
}
