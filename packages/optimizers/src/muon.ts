import * as tf from '@tensorflow/tfjs-core';
import { assertCount, assertFraction } from './checks';
import { fusedList } from './fused';
import { newtonSchulz } from './newton-schulz';
import { type Optimizer, perParameter, type RuleInput, type RuleOutput } from './optimizer';
import type { LearningRate } from './schedule';
import { sgdTogether } from './sgd';
import { type WeightDecayOptions, weightDecayOf } from './weight-decay';

export interface MuonOptions extends WeightDecayOptions {
  /** η ≥ 0, or a schedule of it; 0.02 by default. */
  learningRate?: LearningRate;
  /** μ in [0, 1), how much of the last direction stays; 0.95 by default. */
  momentum?: number;
  /** Whether to look ahead along the momentum; true by default. */
  nesterov?: boolean;
  /** Iterations of `newtonSchulz`, an integer of at least 1; 5 by default. */
  newtonSchulzSteps?: number;
  /** Whether to rescale every parameter to the norm √columns before its step; false by default. */
  normalizeWeights?: boolean;
  /** s: 'none' is 1, 'aspect' is √max(1, columns/rows), 'rms' is 0.2·√max(columns, rows); 'none' by default. */
  scale?: 'none' | 'aspect' | 'rms';
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
 * Runs the kernels `SgdList` and `NewtonSchulzList`, or `NewtonSchulz` for each parameter, where the backend has them.
 *
 * @throws when a number is out of its range; the step throws for a parameter of rank below 2
 * @example
 * const kernels = muon({ learningRate: 0.12, momentum: 0.6, newtonSchulzSteps: 3, normalizeWeights: true });
 * const optimizer = partition([{ match: /conv\.kernel$/, optimizer: kernels }], adamW());
 * @see Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024,
 *   https://kellerjordan.github.io/posts/muon/; scale 'rms': Liu et al., "Muon is Scalable for LLM Training", 2025,
 *   https://arxiv.org/abs/2502.16982, section 2.2
 */
export function muon({
  learningRate = 0.02,
  momentum = 0.95,
  nesterov = true,
  newtonSchulzSteps = 5,
  normalizeWeights = false,
  scale = 'none',
  ...decay
}: MuonOptions = {}): Optimizer {
  assertFraction('muon', { momentum });
  assertCount('muon', { newtonSchulzSteps });
  const scaleOf = scales[scale];
  if (!scaleOf) throw new Error(`muon: scale is ${JSON.stringify(scale)}; give 'none', 'aspect' or 'rms'`);
  const decayOf = weightDecayOf('muon', decay);
  const matrixOf = ({ name, parameter }: RuleInput, x: tf.Tensor): tf.Tensor2D =>
    tf.reshape(x, matrixShape(name, parameter.shape));
  const updateOf = ({ name, parameter, learningRate }: RuleInput, orthogonal: tf.Tensor): tf.Tensor => {
    const [rows, columns] = matrixShape(name, parameter.shape);
    const step = tf.mul(tf.reshape(orthogonal, parameter.shape), -learningRate * scaleOf(rows, columns));
    const shrink = learningRate * decayOf(name);
    if (normalizeWeights) {
      return tf.add(step, tf.sub(tf.mul(rescale(parameter, columns), 1 - shrink), parameter));
    }
    return shrink > 0 ? tf.sub(step, tf.mul(parameter, shrink)) : step;
  };
  const rule = (input: RuleInput): RuleOutput => {
    const { gradient, slots } = input;
    const b = tf.add(tf.mul(slots.momentum!, momentum), gradient);
    const u = nesterov ? tf.add(gradient, tf.mul(b, momentum)) : b;
    const orthogonal = newtonSchulz(matrixOf(input, u), { steps: newtonSchulzSteps });
    return { update: updateOf(input, orthogonal), slots: { momentum: b } };
  };
  const together = (inputs: RuleInput[]): RuleOutput[] | undefined => {
    if (!tf.getKernel('NewtonSchulzList', tf.getBackend())) return undefined;
    const weightDecays = inputs.map(() => 0);
    // A step of SGD of rate -1 is the direction u itself.
    const moved = sgdTogether(inputs, {
      learningRate: -1,
      momentum,
      nesterov,
      weightDecays,
      decoupled: false,
    });
    if (!moved) return undefined;
    const matrices = moved.map(({ update }, i) => matrixOf(inputs[i]!, update));
    const orthogonal = fusedList('NewtonSchulzList', [matrices], { steps: newtonSchulzSteps })!;
    return inputs.map((input, i) => ({
      update: updateOf(input, orthogonal[i]![0]!),
      slots: moved[i]!.slots,
    }));
  };
  return perParameter('muon', ['momentum'], learningRate, rule, together);
}

// A parameter of zeros stays zeros: 0 times a large finite number.
const rescale = (parameter: tf.Tensor, columns: number) =>
  tf.mul(parameter, tf.div(Math.sqrt(columns), tf.maximum(tf.norm(parameter), 1e-30)));

const scales: { [scale: string]: (rows: number, columns: number) => number } = {
  none: () => 1,
  aspect: (rows, columns) => Math.sqrt(Math.max(1, columns / rows)),
  rms: (rows, columns) => 0.2 * Math.sqrt(Math.max(columns, rows)),
};

function matrixShape(name: string, shape: number[]): [rows: number, columns: number] {
  if (shape.length < 2) {
    throw new Error(
      `muon: ${name} has shape [${shape}] but muon steps along matrices; give it to another optimizer with partition`,
    );
  }
  const columns = shape.at(-1)!;
  return [shape.slice(0, -1).reduce((n, size) => n * size, 1), columns];
}
