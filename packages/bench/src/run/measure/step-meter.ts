import { countFlops } from '@tenfold/kernels';
import { globalNorm, type Optimizer } from '@tenfold/optimizers';
import type { Trainer } from '@tenfold/training';
import * as tf from '@tensorflow/tfjs-core';

/** Measurements of a step. */
export interface StepMetrics {
  /** Executed floating-point operations. */
  flops: number;
  /** Norm of all gradients together, before clipping; null at steps where it is not measured. */
  gradientNorm: number | null;
}

/** Measures the steps of a training without changing any bit of them. */
export interface StepMeter {
  /** An optimizer that also measures the norm of its gradients. */
  watchOptimizer(optimizer: Optimizer): Optimizer;
  /** A trainer that also counts the operations of its steps. */
  watchTrainer(trainer: Trainer): Trainer;
  /** The measurements of the last step. */
  read(): Promise<StepMetrics>;
  dispose(): void;
}

/**
 * @param normEvery measures the norm of the gradients every `normEvery` steps
 */
export function createStepMeter({ normEvery }: { normEvery: number }): StepMeter {
  let norm: tf.Scalar | undefined;
  let flops = 0;
  return {
    watchOptimizer: (optimizer) => ({
      init: (params) => optimizer.init(params),
      update(grads, state, info) {
        norm?.dispose();
        norm = (info.step + 1) % normEvery === 0 ? tf.keep(globalNorm(grads)) : undefined;
        return optimizer.update(grads, state, info);
      },
    }),
    watchTrainer: (trainer) => ({
      model: trainer.model,
      loss: trainer.loss,
      get stepCount() {
        return trainer.stepCount;
      },
      get state() {
        return trainer.state;
      },
      step(batch) {
        const counted = countFlops(() => trainer.step(batch));
        flops = counted.flops;
        return counted.result;
      },
      restore: (step, state) => trainer.restore(step, state),
      dispose: () => trainer.dispose(),
    }),
    async read() {
      const gradientNorm = norm ? (await norm.data())[0]! : null;
      return { flops, gradientNorm };
    },
    dispose() {
      norm?.dispose();
      norm = undefined;
    },
  };
}
