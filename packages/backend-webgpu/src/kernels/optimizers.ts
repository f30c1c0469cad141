import type * as tf from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { f32 } from '../program';
import { DeferredStep } from './deferred-step';
import { assertFloats } from './floats';

interface AdamWAttrs {
  learningRate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  weightDecay: number;
  step: number;
}

/** inputs { gradient, parameter, mean, square }: outputs [update, mean, square] of one step of AdamW. */
const adamW: tf.KernelConfig = {
  kernelName: 'AdamW',
  backendName: 'webgpu',
  kernelFunc: ({ inputs, backend, attrs }) => {
    const { gradient, parameter, mean, square } = inputs as Record<string, tf.TensorInfo>;
    const { learningRate, beta1, beta2, epsilon, weightDecay, step } = attrs as unknown as AdamWAttrs;
    const named = { gradient: gradient!, parameter: parameter!, mean: mean!, square: square! };
    assertFloats('AdamW', named, parameter!.shape);
    return new DeferredStep(backend as WebgpuBackend, {
      name: 'adamw',
      inputs: named,
      uniforms: {
        rate: f32(-learningRate),
        keepMean: f32(beta1),
        addMean: f32(1 - beta1),
        keepSquare: f32(beta2),
        addSquare: f32(1 - beta2),
        meanScale: f32(1 / (1 - beta1 ** (step + 1))),
        squareScale: f32(1 / (1 - beta2 ** (step + 1))),
        epsilon: f32(epsilon),
        decay: f32(weightDecay),
      },
      slots: ['newMean', 'newSquare'],
      body: `
  let g = gradient[i];
  let m = uniforms.keepMean * mean[i] + uniforms.addMean * g;
  let v = uniforms.keepSquare * square[i] + uniforms.addSquare * g * g;
  newMean[i] = m;
  newSquare[i] = v;
  let direction = m * uniforms.meanScale / (sqrt(v * uniforms.squareScale) + uniforms.epsilon);
  let update = uniforms.rate * (direction + uniforms.decay * parameter[i]);`,
    }).outputs;
  },
};

interface SgdAttrs {
  learningRate: number;
  momentum: number;
  nesterov: boolean;
  weightDecay: number;
  decoupled: boolean;
}

/** inputs { gradient, parameter, momentum }: outputs [update, momentum] of one step of SGD with momentum. */
const sgd: tf.KernelConfig = {
  kernelName: 'Sgd',
  backendName: 'webgpu',
  kernelFunc: ({ inputs, backend, attrs }) => {
    const { gradient, parameter, momentum } = inputs as Record<string, tf.TensorInfo>;
    const { learningRate, momentum: mu, nesterov, weightDecay, decoupled } = attrs as unknown as SgdAttrs;
    const named = { gradient: gradient!, parameter: parameter!, momentum: momentum! };
    assertFloats('Sgd', named, parameter!.shape);
    return new DeferredStep(backend as WebgpuBackend, {
      name: 'sgd',
      inputs: named,
      uniforms: {
        rate: f32(-learningRate),
        keep: f32(mu),
        // The direction is the momentum, or with nesterov d + mu·momentum.
        ofGradient: f32(nesterov ? 1 : 0),
        ofMomentum: f32(nesterov ? mu : 1),
        decay: f32(decoupled ? 0 : weightDecay),
        shrink: f32(decoupled ? weightDecay : 0),
      },
      slots: ['newMomentum'],
      body: `
  let p = parameter[i];
  let d = gradient[i] + uniforms.decay * p;
  let m = uniforms.keep * momentum[i] + d;
  newMomentum[i] = m;
  let u = uniforms.ofGradient * d + uniforms.ofMomentum * m;
  let update = uniforms.rate * (u + uniforms.shrink * p);`,
    }).outputs;
  },
};

/** Steps of optimizers; the addition that follows joins them. */
export const optimizerKernels: tf.KernelConfig[] = [adamW, sgd];
