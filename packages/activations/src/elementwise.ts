import { assertOptions, type Kinds } from '@tenfold/checks';
import { floatTensor, fused, type Input, withGradient } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';

/** A function that keeps the shape of a tensor. Layers take it as their `activation`. */
export interface ActivationFunction<O extends object = never> {
  <T extends tf.Tensor>(x: Input<T>, ...options: [O] extends [never] ? [] : [options?: O]): T;
  /** Its name for backends that can fuse it; undefined when it has options. */
  readonly kernel: string | undefined;
  /** dy·f'(x) without options, for a larger operation that has its own gradient. */
  gradient(dy: tf.Tensor, x: tf.Tensor): tf.Tensor;
}

/** An elementwise function and its gradient, both composed of tfjs operations that have gradients. */
interface Rule<O extends object> {
  /** f(x). */
  value: (x: tf.Tensor, options: O) => tf.Tensor;
  /** dy·f'(x), computed from the saved tensor; 0 where a piecewise function is constant, whatever dy is. */
  gradient: (dy: tf.Tensor, kept: tf.Tensor, options: O) => tf.Tensor;
  /** The tensor to save for the backward pass: the argument x, or the value y if the derivative follows from it. */
  keeps: 'x' | 'y';
}

/**
 * Makes an activation function from its rule. It computes in float32, has an exact gradient, and is fused where the backend
 * supports a function of that name.
 */
export function elementwise<O extends object = never>(
  name: string,
  rule: Rule<O>,
  kinds: Kinds<O> = {} as Kinds<O>,
): ActivationFunction<O> {
  const { value, keeps } = rule;
  const kernel = Object.keys(kinds).length === 0 ? name : undefined;
  const forward = (x: tf.Tensor, options: O): tf.Tensor =>
    kernel
      ? fused('Activation', { x }, { function: kernel }, () => [value(x, options)])[0]!
      : value(x, options);
  const backward = (dy: tf.Tensor, kept: tf.Tensor, options: O): tf.Tensor =>
    kernel
      ? fused('ActivationGrad', { dy, [keeps]: kept }, { function: kernel }, () => [
          rule.gradient(dy, kept, options),
        ])[0]!
      : rule.gradient(dy, kept, options);
  const run = (x: tf.Tensor, options: O): tf.Tensor =>
    withGradient([x], {
      forward: (x) => {
        const y = forward(x!, options);
        return { value: y, saved: [keeps === 'x' ? x! : y] };
      },
      backward: (dy, [kept]) => [backward(dy, kept!, options)],
    });
  const activation = <T extends tf.Tensor>(x: Input<T>, options?: O): T => {
    // Array.prototype.map passes an index here.
    const checked = options === undefined || typeof options === 'number' ? ({} as O) : options;
    assertOptions(name, checked, kinds);
    return tf.tidy(() => run(floatTensor(name, 'x', x), checked)) as T;
  };
  const gradient = (dy: tf.Tensor, x: tf.Tensor): tf.Tensor =>
    tf.tidy(() => backward(dy, keeps === 'x' ? x : forward(x, {} as O), {} as O));
  Object.defineProperty(activation, 'name', { value: name });
  return Object.assign(activation, { kernel, gradient });
}
