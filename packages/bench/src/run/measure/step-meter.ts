import { countFlops } from '@tenfold/kernels';
import { globalNorm, type Optimizer } from '@tenfold/optimizers';
import type { Trainer } from '@tenfold/training';
import * as tf from '@tensorflow/tfjs-core';

/** What a step was, beside its loss. */
export interface StepFigures {
  /** Floating-point operations that it executed. */
  flops: number;
  /** Of all gradients together, before clipping; null at steps where it is not measured. */
  gradientNorm: number | null;
}

/** Looks at the steps of a training without changing a bit of them. */
export interface StepMeter {
  /** The same optimizer; the norm of the gradients that it is given is taken. */
  watchOptimizer(optimizer: Optimizer): Optimizer;
  /** The same trainer; the operations of its steps are counted. */
  watchTrainer(trainer: Trainer): Trainer;
  /** The figures of the last step. */
  read(): Promise<StepFigures>;
  dispose(): void;
}

/**
 * @param normEvery measures the norm of the gradients at every so many-th step, from the first that many
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
