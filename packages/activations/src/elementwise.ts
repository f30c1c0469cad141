import { assertOptions, type Kinds } from '@tenfold/checks';
import { floatTensor, fused, type Input, withGradient } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { assertX } from './assert-x';
import { type Call, callOptions } from './call-options';

/** A function that keeps the shape of a tensor. Layers take it as their `activation`. */
export interface ActivationFunction<O extends object = never> {
  <T extends tf.Tensor>(x: Input<T>, ...options: [O] extends [never] ? [] : [options?: O]): T;
  /** Its name for backends that can fuse it; undefined when it has options. */
  readonly kernel: string | undefined;
  /** dy·f'(x) without options, for a larger operation that has its own gradient. */
  gradient(dy: tf.Tensor, x: tf.Tensor): tf.Tensor;
}

/** The numbers that a function takes besides its argument: none, or the values of its options. */
type Parameters = readonly number[];

/** An elementwise function and its gradient, both composed of tfjs operations that have gradients. */
interface Rule<O extends object, P extends Parameters> {
  /** f(x). */
  value: (x: tf.Tensor, ...parameters: P) => tf.Tensor;
  /** dy·f'(x), computed from the saved tensor; 0 where a piecewise function is constant, whatever dy is. */
  gradient: (dy: tf.Tensor, kept: tf.Tensor, ...parameters: P) => tf.Tensor;
  /** The tensor to save for the backward pass: the argument x, or the value y if the derivative follows from it. */
  keeps: 'x' | 'y';
  /** The options of the function, with their defaults, in the order in which value, gradient and backends take them. */
  parameters?: (options: O) => P;
}

/**
 * Makes an activation function from its rule. It computes in float32, has an exact gradient, and is fused where the backend
 * supports a function of that name.
 */
export function elementwise<O extends object = never, P extends Parameters = []>(
  name: string,
  rule: Rule<O, P>,
  kinds: Kinds<O> = {} as Kinds<O>,
): ActivationFunction<O> {
  const { keeps, parameters: read } = rule;
  const attributes = (parameters: P) => ({ function: name, ...(read && { parameters }) });
  const forward = (x: tf.Tensor, parameters: P): tf.Tensor =>
    fused('Activation', { x }, attributes(parameters), () => [rule.value(x, ...parameters)])[0]!;
  const backward = (dy: tf.Tensor, kept: tf.Tensor, parameters: P): tf.Tensor =>
    fused('ActivationGrad', { dy, [keeps]: kept }, attributes(parameters), () => [
      rule.gradient(dy, kept, ...parameters),
    ])[0]!;
  const run = (x: tf.Tensor, parameters: P): tf.Tensor =>
    withGradient([x], {
      forward: (x) => {
        const y = forward(x!, parameters);
        return { value: y, saved: [keeps === 'x' ? x! : y] };
      },
      backward: (dy, [kept]) => [backward(dy, kept!, parameters)],
    });
  const parametersFrom = (options: O): P => read?.(options) ?? ([] as readonly number[] as P);
  const activation = <T extends tf.Tensor>(...call: Call<O>): T => {
    const [x] = call as [Input<T>];
    const options = callOptions(name, call);
    assertX(name, x, kinds);
    assertOptions(name, options, kinds);
    return tf.tidy(() => run(floatTensor(name, 'x', x), parametersFrom(options))) as T;
  };
  const gradient = (dy: tf.Tensor, x: tf.Tensor): tf.Tensor => {
    const parameters = parametersFrom({} as O);
    return tf.tidy(() => backward(dy, keeps === 'x' ? x : forward(x, parameters), parameters));
  };
  Object.defineProperty(activation, 'name', { value: name });
  return Object.assign(activation, { kernel: read ? undefined : name, gradient });
}
