import type { Kernels } from '@tenfold/kernels';

/** The step of an optimizer, from which the kernels for one parameter and for a list are built. */
export interface OptimizerRule<Attributes> {
  /** The slots of a parameter. */
  slots: readonly string[];
  /** The scalars for all parameters, and those for one with this weight decay. They are vectors of equal values in the formula. */
  scalars: (attributes: Attributes) => { [name: string]: number };
  parameterScalars: (weightDecay: number, attributes: Attributes) => { [name: string]: number };
  /**
   * AssemblyScript on vectors of four floats. From the gradient `g`, the parameter `p`, the slots and the scalars, it computes the
   * constants `update` and, for a slot `mean`, `newMean`. scripts/build-wasm.mjs adds the loops.
   */
  formula: string;
  /** The cost of an element, relative to a copy. */
  work: number;
}

const declare = <Attributes>(rule: OptimizerRule<Attributes>): OptimizerRule<never> => rule;

/** The optimizers whose steps are kernels, by the name of the kernel. */
export const optimizerRules = {
  /** m ← β₁·m + (1 − β₁)·g, v ← β₂·v + (1 − β₂)·g², update = −η·(m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ)) + ε) + λ·p), t = step + 1 */
  AdamW: declare<Kernels['AdamW']['attributes']>({
    slots: ['mean', 'square'],
    scalars: (a) => ({
      rate: -a.learningRate,
      keepMean: a.beta1,
      addMean: 1 - a.beta1,
      keepSquare: a.beta2,
      addSquare: 1 - a.beta2,
      epsilon: a.epsilon,
      meanScale: 1 - a.beta1 ** (a.step + 1),
      squareScale: 1 - a.beta2 ** (a.step + 1),
    }),
    parameterScalars: (decay) => ({ decay }),
    formula: `
      const newMean = multiplyAdd(mean, keepMean, f32x4.mul(g, addMean));
      const newSquare = multiplyAdd(square, keepSquare, f32x4.mul(f32x4.mul(g, g), addSquare));
      const root = f32x4.add(f32x4.sqrt(f32x4.div(newSquare, squareScale)), epsilon);
      const direction = f32x4.div(f32x4.div(newMean, meanScale), root);
      const update = f32x4.mul(multiplyAdd(p, decay, direction), rate);`,
    work: 4,
  }),
  /** d = g + λ·p, b ← μ·b + d, u = b, or d + μ·b with nesterov, update = −η·u; decoupled d = g, update = −η·(u + λ·p) */
  Sgd: declare<Kernels['Sgd']['attributes']>({
    slots: ['momentum'],
    scalars: (a) => ({
      rate: -a.learningRate,
      keep: a.momentum,
      ahead: a.nesterov ? 1 : 0,
    }),
    parameterScalars: (weightDecay, { decoupled }) =>
      decoupled ? { decay: 0, apart: weightDecay } : { decay: weightDecay, apart: 0 },
    formula: `
      const d = multiplyAdd(p, decay, g);
      const newMomentum = multiplyAdd(momentum, keep, d);
      const direction = choose(f32x4.gt(ahead, f32x4.splat(0)), multiplyAdd(newMomentum, keep, d), newMomentum);
      const update = f32x4.mul(multiplyAdd(p, apart, direction), rate);`,
    work: 3,
  }),
  /** u = β₁·m + (1 − β₁)·g, update = −η·(sign(u) + λ·p), m ← β₂·m + (1 − β₂)·g; NaN of NaN */
  Lion: declare<{ learningRate: number; beta1: number; beta2: number }>({
    slots: ['momentum'],
    scalars: (a) => ({
      rate: -a.learningRate,
      keepDirection: a.beta1,
      addDirection: 1 - a.beta1,
      keep: a.beta2,
      add: 1 - a.beta2,
    }),
    parameterScalars: (decay) => ({ decay }),
    formula: `
      const u = multiplyAdd(momentum, keepDirection, f32x4.mul(g, addDirection));
      const one = f32x4.splat(1), zero = f32x4.splat(0);
      const sign = choose(f32x4.gt(u, zero), one, choose(f32x4.lt(u, zero), f32x4.neg(one), u));
      const newMomentum = multiplyAdd(momentum, keep, f32x4.mul(g, add));
      const update = f32x4.mul(multiplyAdd(p, decay, sign), rate);`,
    work: 3,
  }),
};
