import type { Kernels } from '@tenfold/kernels';
import type { KernelConfig } from '@tensorflow/tfjs-core';
import { f32 } from '../program';
import { declareOptimizer } from './declare-optimizer';

/** m ← β₁·m + (1 − β₁)·g, v ← β₂·v + (1 − β₂)·g², update = −η·(m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ)) + ε) + λ·p), t = step + 1 */
const adamW = declareOptimizer<Kernels['AdamW']['attributes']>({
  kernelName: 'AdamW',
  slots: ['mean', 'square'],
  uniforms: ({ learningRate, beta1, beta2, epsilon, step }) => ({
    rate: f32(-learningRate),
    keepMean: f32(beta1),
    addMean: f32(1 - beta1),
    keepSquare: f32(beta2),
    addSquare: f32(1 - beta2),
    meanScale: f32(1 / (1 - beta1 ** (step + 1))),
    squareScale: f32(1 / (1 - beta2 ** (step + 1))),
    epsilon: f32(epsilon),
  }),
  own: (decay) => ({ decay }),
  ownScalesParameter: true,
  formula: `
  let newMean = uniforms.keepMean * mean + uniforms.addMean * g;
  let newSquare = uniforms.keepSquare * square + uniforms.addSquare * g * g;
  let direction = newMean * uniforms.meanScale / (sqrt(newSquare * uniforms.squareScale) + uniforms.epsilon);
  let update = uniforms.rate * (direction + decay * p);`,
});

/** d = g + λ·p, b ← μ·b + d, u = b, or d + μ·b with nesterov, update = −η·u; decoupled d = g, update = −η·(u + λ·p) */
const sgd = declareOptimizer<Kernels['Sgd']['attributes']>({
  kernelName: 'Sgd',
  slots: ['momentum'],
  uniforms: ({ learningRate, momentum, nesterov }) => ({
    rate: f32(-learningRate),
    keep: f32(momentum),
    // The direction is the momentum, or with nesterov d + μ·b.
    ofGradient: f32(nesterov ? 1 : 0),
    ofMomentum: f32(nesterov ? momentum : 1),
  }),
  // Weight decay as part of the gradient, and decoupled.
  own: (weightDecay, { decoupled }) =>
    decoupled ? { decay: 0, shrink: weightDecay } : { decay: weightDecay, shrink: 0 },
  ownScalesParameter: true,
  formula: `
  let d = g + decay * p;
  let newMomentum = uniforms.keep * momentum + d;
  let u = uniforms.ofGradient * d + uniforms.ofMomentum * newMomentum;
  let update = uniforms.rate * (u + shrink * p);`,
});

/** u = β₁·m + (1 − β₁)·g, update = −η·(sign(u) + λ·p), m ← β₂·m + (1 − β₂)·g; NaN of NaN */
const lion = declareOptimizer<{ learningRate: number; beta1: number; beta2: number }>({
  kernelName: 'Lion',
  slots: ['momentum'],
  uniforms: ({ learningRate, beta1, beta2 }) => ({
    rate: f32(-learningRate),
    keepDirection: f32(beta1),
    addDirection: f32(1 - beta1),
    keep: f32(beta2),
    add: f32(1 - beta2),
  }),
  own: (decay) => ({ decay }),
  ownScalesParameter: true,
  formula: `
  let u = uniforms.keepDirection * momentum + uniforms.addDirection * g;
  let direction = select(select(u, T(1.0), u > T(0.0)), T(-1.0), u < T(0.0));
  let newMomentum = uniforms.keep * momentum + uniforms.add * g;
  let update = uniforms.rate * (direction + decay * p);`,
});

/** Optimizer steps, fused with the addition that follows. */
export const optimizerKernels: KernelConfig[] = [...adamW, ...sgd, ...lion];
