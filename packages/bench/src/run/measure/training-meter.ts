import { countFlops, countParameters, type Model } from '@tenfold/layers';
import type { Optimizer } from '@tenfold/optimizers';
import type { StepReport, Trainer } from '@tenfold/training';
import { describeBackend } from '../../backends/select-backend';
import type { StepPoint } from '../../results/results';
import { openEnergyMeter } from './open-energy-meter';
import { createStepMeter, type StepFigures } from './step-meter';
import { stepPoints } from './step-points';

/** What was measured of a training until now: what a checkpoint keeps. */
export interface Measured {
  /** Executed floating-point operations. */
  flops: number;
  joules: number | null;
  /** Some steps, evenly spread. */
  points: StepPoint[];
}

/** Measures a training without changing a bit of it: executed operations, gradients, energy. */
export interface TrainingMeter {
  watchOptimizer(optimizer: Optimizer): Optimizer;
  watchTrainer(trainer: Trainer): Trainer;
  /** Goes on from what was measured before a break. */
  restore(measured: Measured): void;
  /** Training goes on from here, until `pause`. */
  start(): void;
  /** What follows is no training. */
  pause(): void;
  /** To be told of every step, right after it. */
  step(report: StepReport, learningRate: number): Promise<StepFigures>;
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
  let before: Measured = { flops: 0, joules: 0, points: [] };
  let flops = 0;
  const points: StepPoint[] = [];
  return {
    watchOptimizer: steps.watchOptimizer,
    watchTrainer: steps.watchTrainer,
    restore(measured) {
      before = measured;
    },
    start: () => energy.start(),
    pause: () => energy.stop(),
    async step({ step, loss }, learningRate) {
      const figures = await steps.read();
      flops += figures.flops;
      energy.read(); // a counter that wraps around is seen in time
      if (step % pointEvery === 0) {
        points.push({ step, loss, learningRate, gradientNorm: figures.gradientNorm });
      }
      return figures;
    },
    read() {
      const joules = energy.read();
      return {
        flops: before.flops + flops,
        joules: before.joules === null || joules === null ? null : before.joules + joules,
        points: [...before.points, ...points],
      };
    },
    get energyReason() {
      const isPart = before.joules === null && energy.read() !== null;
      return isPart
        ? `nothing is known of the training before a break; since then: ${energy.how}`
        : energy.how;
    },
    dispose() {
      steps.dispose();
      energy.close();
    },
  };
}
