import { type Array64, map } from './array';
import type { Input } from './inputs';

/** Activations in the epilogue of products and convolutions, by tfjs's names. */
const functions: { readonly [name: string]: (x: number) => number } = {
  linear: (x) => x,
  relu: (x) => Math.max(0, x),
  relu6: (x) => Math.min(6, Math.max(0, x)),
  leakyrelu: (x) => (x < 0 ? 0.3 * x : x),
  elu: (x) => (x < 0 ? Math.expm1(x) : x),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  prelu: (x) => (x < 0 ? 0.25 * x : x),
};

/** Their names. */
export const epilogueNames = Object.keys(functions);

/** The attributes and inputs that some of them need. */
export const epilogueAttributes = { leakyreluAlpha: 0.3 };
export const epilogueInputs = (name: string): { [name: string]: Input } =>
  name === 'prelu' ? { preluActivationWeights: { shape: [1], values: () => new Float32Array([0.25]) } } : {};

/** f(x + bias) along the last axis; the bias may be left out. */
export const applyEpilogue = (x: Array64, bias: Array64 | undefined, name: string): Array64 =>
  map(x, (value, i) => functions[name]!(value + (bias?.values[i % bias.values.length] ?? 0)));
