import { assertOptions, flag, fraction, oneOf } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { iterations, newtonSchulzForeach } from './newton-schulz';
import type { Optimizer } from './optimizer';
import { perParameter, type RuleInput, stepAll } from './per-parameter';
import { scaledNorm } from './scaled-norm';
import { type LearningRate, learningRateKind } from './schedule';
import { heavyBall } from './sgd';
import { type WeightDecayOptions, weightDecayKinds } from './weight-decay';

export interface MuonOptions extends WeightDecayOptions {
  /** η ≥ 0, a number or a schedule; 0.02 by default. */
  learningRate?: LearningRate | undefined;
  /** μ in [0, 1), the momentum; 0.95 by default. */
  momentum?: number | undefined;
  /** Whether to use Nesterov momentum; true by default. */
  nesterov?: boolean | undefined;
  /** Number of iterations of `newtonSchulz`, an integer from 1 to 100; 5 by default. */
  newtonSchulzSteps?: number | undefined;
  /** Whether to rescale each parameter to the norm √columns before its step; false by default. */
  normalizeWeights?: boolean | undefined;
  /** The factor s: 1 for 'none', √max(1, columns/rows) for 'aspect', 0.2·√max(columns, rows) for 'rms'; 'none' by default. */
  scale?: 'none' | 'aspect' | 'rms' | undefined;
}

/**
 * Muon: steps along the orthogonalized momentum, for the kernels of dense and convolution layers. Use another optimizer for
 * biases, norms, embeddings and heads; see `partition`.
 *
 * b ← μ·b + g, u = b, or g + μ·b with nesterov; θ ← θ − η·(s·newtonSchulz(u) + λ·θ)
 *
 * A parameter is reshaped to a matrix [product of all axes except the last, last axis], whose columns are outputs. With
 * `normalizeWeights`, θ is first replaced by θ·√columns/‖θ‖. The scale 'rms' makes steps as large as Adam's, so that you can use
 * the same learning rates.
 *
 * Runs the kernels `SgdList` and `NewtonSchulzList`, or `Sgd` and `NewtonSchulz` for each parameter, where the backend has
 * them.
 *
 * @returns an optimizer with the slot `momentum`
 * @throws when an option is unknown or out of range; `init` throws for a parameter of rank below 2, and when `only` matches no
 *   parameter
 * @example
 * const kernels = muon({ learningRate: 0.12, momentum: 0.6, newtonSchulzSteps: 3, normalizeWeights: true });
 * const optimizer = partition([{ match: /conv\.kernel$/, optimizer: kernels }], adamW());
 * @see Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024,
 *   https://kellerjordan.github.io/posts/muon/; scale 'rms': Liu et al., "Muon is Scalable for LLM Training", 2025,
 *   https://arxiv.org/abs/2502.16982, section 2.2
 */
export function muon(options: MuonOptions = {}): Optimizer {
  assertOptions('muon', options, {
    learningRate: learningRateKind,
    momentum: fraction,
    nesterov: flag,
    newtonSchulzSteps: iterations,
    normalizeWeights: flag,
    scale: oneOf('none', 'aspect', 'rms'),
    ...weightDecayKinds,
  });
  const { learningRate = 0.02, momentum = 0.95, nesterov = true, newtonSchulzSteps = 5 } = options;
  const { normalizeWeights = false, scale = 'none', weightDecay, only } = options;
  const ball = heavyBall(momentum, nesterov, false);
  return perParameter({
    name: 'muon',
    learningRate,
    weightDecay,
    only,
    slots: ball.slots,
    assertParameter: (name, { shape }) => {
      if (shape.length >= 2) return;
      throw new Error(
        `muon: ${name} has shape [${shape}] but muon is for matrices; use another optimizer for it, with partition`,
      );
    },
    foreach(inputs) {
      // With learning rate −1 and no decay, the update is the direction u.
      const directions = stepAll(
        ball,
        inputs.map((input) => ({ ...input, learningRate: -1, weightDecay: 0 })),
      );
      const matrices = directions.map(({ update }, i) => tf.reshape(update, matrixShape(inputs[i]!)));
      return newtonSchulzForeach(matrices, newtonSchulzSteps).map((orthogonal, i) => {
        const { parameter } = inputs[i]!;
        const [rows, columns] = matrixShape(inputs[i]!);
        const s = scales[scale](rows, columns);
        const x = tf.reshape(orthogonal, parameter.shape);
        return {
          direction: s === 1 ? x : tf.mul(x, s),
          from: normalizeWeights ? rescale(parameter, columns) : undefined,
          slots: { momentum: directions[i]!.slots.momentum! },
        };
      });
    },
  });
}

/** Rescales a parameter to the norm √columns; zeros stay zeros. */
function rescale(parameter: tf.Tensor, columns: number): tf.Tensor {
  const { peak, root } = scaledNorm([parameter]);
  return tf.mul(parameter, tf.div(Math.sqrt(columns), tf.maximum(tf.mul(peak, root), 1e-30)));
}

const scales: { [scale in 'none' | 'aspect' | 'rms']: (rows: number, columns: number) => number } = {
  none: () => 1,
  aspect: (rows, columns) => Math.sqrt(Math.max(1, columns / rows)),
  rms: (rows, columns) => 0.2 * Math.sqrt(Math.max(columns, rows)),
};

function matrixShape({ parameter: { shape } }: RuleInput): [rows: number, columns: number] {
  return [shape.slice(0, -1).reduce((n, size) => n * size, 1), shape.at(-1)!];
}
