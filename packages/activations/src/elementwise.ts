import { assertOptions, type Kinds } from '@tenfold/checks';
import { floatTensor, fused, type Input, withGradient } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';

/** A function of a tensor that keeps its shape; layers take it as their `activation`. */
export interface ActivationFunction<O extends object = never> {
  <T extends tf.Tensor>(x: Input<T>, ...options: [O] extends [never] ? [] : [options?: O]): T;
  /** The name by which a backend that knows it fuses it; undefined where it has options, or is not elementwise. */
  readonly kernel: string | undefined;
}

/** An elementwise function and its derivative, both made of tfjs operations that have gradients. */
interface Rule<O extends object> {
  /** f(x). */
  value: (x: tf.Tensor, options: O) => tf.Tensor;
  /** f'(x) from what `keeps` names. */
  derivative: (kept: tf.Tensor, options: O) => tf.Tensor;
  /** What lives until the backward pass: the argument x, or the value y where the derivative follows from it. */
  keeps: 'x' | 'y';
}

/**
 * An activation function from its rule: with its exact gradient, of float32 whatever it is given, and fused where the
 * backend knows a function of that name.
 */
export function elementwise<O extends object = never>(
  name: string,
  { value, derivative, keeps }: Rule<O>,
  kinds: Kinds<O> = {} as Kinds<O>,
): ActivationFunction<O> {
  const kernel = Object.keys(kinds).length === 0 ? name : undefined;
  const run = (x: tf.Tensor, options: O): tf.Tensor =>
    withGradient([x], {
      forward: (x) => {
        const y = kernel
          ? fused('Activation', { x }, { function: kernel }, () => [value(x, options)])[0]!
          : value(x, options);
        return { value: y, saved: [keeps === 'x' ? x : y] };
      },
      backward: (dy, [kept]) => {
        const compose = () => [tf.mul(dy, derivative(kept!, options))];
        return kernel
          ? fused('ActivationGrad', { dy, [keeps]: kept! }, { function: kernel }, compose)
          : compose();
      },
    });
  const activation = <T extends tf.Tensor>(x: Input<T>, options?: O): T => {
    // A number is the index that Array.prototype.map gives.
    const given = options === undefined || typeof options === 'number' ? ({} as O) : options;
    assertOptions(name, given, kinds);
    return tf.tidy(() => run(floatTensor(name, 'x', x), given)) as T;
  };
  Object.defineProperty(activation, 'name', { value: name });
  return Object.assign(activation, { kernel });
}
