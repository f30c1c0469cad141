import type * as tf from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { f32 } from '../program';
import { DeferredStep } from './deferred-step';
import { assertFloats } from './floats';
import { stepList } from './step-list';
import type { StepRule } from './step-rule';

interface AdamWAttrs {
  learningRate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  step: number;
}

/**
 * m ← β₁·m + (1 − β₁)·g, v ← β₂·v + (1 − β₂)·g², update = −η·(m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ)) + ε) + λ·p), t = step + 1
 */
const adamWRule = ({ learningRate, beta1, beta2, epsilon, step }: AdamWAttrs): StepRule => ({
  name: 'adamw',
  uniforms: {
    rate: f32(-learningRate),
    keepMean: f32(beta1),
    addMean: f32(1 - beta1),
    keepSquare: f32(beta2),
    addSquare: f32(1 - beta2),
    meanScale: f32(1 / (1 - beta1 ** (step + 1))),
    squareScale: f32(1 / (1 - beta2 ** (step + 1))),
    epsilon: f32(epsilon),
  },
  slots: ['mean', 'square'],
  own: ['decay'],
  formula: `
  let newMean = uniforms.keepMean * mean + uniforms.addMean * g;
  let newSquare = uniforms.keepSquare * square + uniforms.addSquare * g * g;
  let direction = newMean * uniforms.meanScale / (sqrt(newSquare * uniforms.squareScale) + uniforms.epsilon);
  let update = uniforms.rate * (direction + decay * p);`,
});

/** inputs { gradient, parameter, mean, square }: outputs [update, mean, square] of one step of AdamW. */
const adamW: tf.KernelConfig = {
  kernelName: 'AdamW',
  backendName: 'webgpu',
  kernelFunc: ({ inputs, backend, attrs }) => {
    const { gradient, parameter, mean, square } = inputs as Record<string, tf.TensorInfo>;
    const given = attrs as unknown as AdamWAttrs & { weightDecay: number };
    const named = { gradient: gradient!, parameter: parameter!, mean: mean!, square: square! };
    assertFloats('AdamW', named, parameter!.shape);
    const slots = [mean!, square!];
    const input = { gradient: gradient!, parameter: parameter!, slots, own: [given.weightDecay] };
    return new DeferredStep(backend as WebgpuBackend, adamWRule(given), input).outputs;
  },
};

/**
 * inputs: a list of all gradients, then all parameters, means and squares; attrs as of AdamW, but weightDecays, one per
 * parameter: outputs all updates, then all means and squares.
 */
const adamWList: tf.KernelConfig = {
  kernelName: 'AdamWList',
  backendName: 'webgpu',
  kernelFunc: ({ inputs, backend, attrs }) => {
    const given = attrs as unknown as AdamWAttrs & { weightDecays: number[] };
    const list = Object.values(inputs) as tf.TensorInfo[];
    const own = (k: number) => [given.weightDecays[k]!];
    return stepList(backend as WebgpuBackend, 'AdamWList', list, adamWRule(given), own);
  },
};

interface SgdAttrs {
  learningRate: number;
  momentum: number;
  nesterov: boolean;
  decoupled: boolean;
}

/** d = g + λ·p, b ← μ·b + d, u = b, or d + μ·b with nesterov, update = −η·u; decoupled d = g, update = −η·(u + λ·p) */
const sgdRule = ({ learningRate, momentum, nesterov }: SgdAttrs): StepRule => ({
  name: 'sgd',
  uniforms: {
    rate: f32(-learningRate),
    keep: f32(momentum),
    // The direction is the momentum, or with nesterov d + μ·b.
    ofGradient: f32(nesterov ? 1 : 0),
    ofMomentum: f32(nesterov ? momentum : 1),
  },
  slots: ['momentum'],
  own: ['decay', 'shrink'],
  formula: `
  let d = g + decay * p;
  let newMomentum = uniforms.keep * momentum + d;
  let u = uniforms.ofGradient * d + uniforms.ofMomentum * newMomentum;
  let update = uniforms.rate * (u + shrink * p);`,
});

/** The decay that is a part of the gradient, and the one beside it. */
const decays = (weightDecay: number, { decoupled }: SgdAttrs): number[] =>
  decoupled ? [0, weightDecay] : [weightDecay, 0];

/** inputs { gradient, parameter, momentum }: outputs [update, momentum] of one step of SGD with momentum. */
const sgd: tf.KernelConfig = {
  kernelName: 'Sgd',
  backendName: 'webgpu',
  kernelFunc: ({ inputs, backend, attrs }) => {
    const { gradient, parameter, momentum } = inputs as Record<string, tf.TensorInfo>;
    const given = attrs as unknown as SgdAttrs & { weightDecay: number };
    const named = { gradient: gradient!, parameter: parameter!, momentum: momentum! };
    assertFloats('Sgd', named, parameter!.shape);
    const own = decays(given.weightDecay, given);
    const input = { gradient: gradient!, parameter: parameter!, slots: [momentum!], own };
    return new DeferredStep(backend as WebgpuBackend, sgdRule(given), input).outputs;
  },
};

/**
 * inputs: a list of all gradients, then all parameters and momenta; attrs as of Sgd, but weightDecays, one per parameter:
 * outputs all updates, then all momenta.
 */
const sgdList: tf.KernelConfig = {
  kernelName: 'SgdList',
  backendName: 'webgpu',
  kernelFunc: ({ inputs, backend, attrs }) => {
    const given = attrs as unknown as SgdAttrs & { weightDecays: number[] };
    const list = Object.values(inputs) as tf.TensorInfo[];
    const own = (k: number) => decays(given.weightDecays[k]!, given);
    return stepList(backend as WebgpuBackend, 'SgdList', list, sgdRule(given), own);
  },
};

/** Steps of optimizers; the addition that follows joins them. */
export const optimizerKernels: tf.KernelConfig[] = [adamW, adamWList, sgd, sgdList];
