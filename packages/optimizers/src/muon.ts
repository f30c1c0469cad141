import { assertOptions, flag, fraction, oneOf } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { iterations, newtonSchulzOfEach } from './newton-schulz';
import type { Optimizer } from './optimizer';
import { perParameter, type RuleInput, stepAll } from './per-parameter';
import { scaledNorm } from './scaled-norm';
import { type LearningRate, learningRateKind } from './schedule';
import { heavyBall } from './sgd';
import { type WeightDecayOptions, weightDecayKinds } from './weight-decay';

export interface MuonOptions extends WeightDecayOptions {
  /** η ≥ 0, or a schedule of it; 0.02 by default. */
  learningRate?: LearningRate | undefined;
  /** μ in [0, 1), how much of the last direction stays; 0.95 by default. */
  momentum?: number | undefined;
  /** Whether to look ahead along the momentum; true by default. */
  nesterov?: boolean | undefined;
  /** Iterations of `newtonSchulz`, an integer from 1 to 100; 5 by default. */
  newtonSchulzSteps?: number | undefined;
  /** Whether to rescale every parameter to the norm √columns before its step; false by default. */
  normalizeWeights?: boolean | undefined;
  /** s: 'none' is 1, 'aspect' is √max(1, columns/rows), 'rms' is 0.2·√max(columns, rows); 'none' by default. */
  scale?: 'none' | 'aspect' | 'rms' | undefined;
}

/**
 * Muon: steps of orthogonalized momentum, for parameters that act as matrices: kernels of dense and convolution layers.
 * Give biases, norms, embeddings and heads to another optimizer, see `partition`.
 *
 * b ← μ·b + g, u = b, or g + μ·b with nesterov; θ ← θ − η·(s·newtonSchulz(u) + λ·θ)
 *
 * A parameter is the matrix [all axes but the last, last axis], so that columns are outputs. With `normalizeWeights`
 * θ is first θ·√columns/‖θ‖. Scale 'rms' gives steps the size of Adam's, so that its learning rates can be kept.
 *
 * Runs the kernels `SgdList` and `NewtonSchulzList`, or `Sgd` and `NewtonSchulz` for each parameter, where the backend has
 * them.
 *
 * @returns an optimizer with the slot `momentum`
 * @throws when an option is unknown or out of its range; `init` throws for a parameter of rank below 2, and when `only`
 *   matches no parameter
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
        `muon: ${name} has shape [${shape}] but muon steps along matrices; give it to another optimizer with partition`,
      );
    },
    foreach(inputs) {
      // A step of rate −1 without decay is the direction u itself.
      const moved = stepAll(
        ball,
        inputs.map((input) => ({ ...input, learningRate: -1, weightDecay: 0 })),
      );
      const matrices = moved.map(({ update }, i) => tf.reshape(update, matrixShape(inputs[i]!)));
      return newtonSchulzOfEach(matrices, newtonSchulzSteps).map((orthogonal, i) => {
        const { parameter } = inputs[i]!;
        const [rows, columns] = matrixShape(inputs[i]!);
        const s = scales[scale](rows, columns);
        const x = tf.reshape(orthogonal, parameter.shape);
        return {
          direction: s === 1 ? x : tf.mul(x, s),
          from: normalizeWeights ? rescale(parameter, columns) : undefined,
          slots: { momentum: moved[i]!.slots.momentum! },
        };
      });
    },
  });
}

/** To the norm √columns; a parameter of zeros stays zeros. */
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
