import { assertOptions, integer, type Kinds } from '@tenfold/checks';
import { floatTensor, type Input } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { assertX } from './assert-x';
import { type Call, callOptions } from './call-options';

export interface AxisOptions {
  /** The axis along which it computes; a negative axis counts from the end. −1 by default. */
  axis?: number;
}

/** A function of a tensor that computes along one axis. */
type AlongAxis<O extends AxisOptions> = <T extends tf.Tensor>(x: Input<T>, options?: O) => T;

/**
 * Makes a function that computes along one axis from one that computes along the last axis. It computes in float32.
 *
 * @param alongLast gets a float32 tensor of rank 1 or more
 */
export function alongAxis<O extends AxisOptions>(
  name: string,
  alongLast: (x: tf.Tensor, options: O) => tf.Tensor,
  kinds: Omit<Kinds<O>, 'axis'> = {} as Omit<Kinds<O>, 'axis'>,
): AlongAxis<O> {
  const all = { axis: integer, ...kinds } as unknown as Kinds<O>;
  const activation = <T extends tf.Tensor>(...call: Call<O>): T => {
    const [x] = call as [Input<T>];
    const options = callOptions(name, call);
    assertX(name, x, all);
    assertOptions(name, options, all);
    const { axis = -1 } = options;
    return tf.tidy(() => {
      const input = floatTensor(name, 'x', x);
      const { rank, shape } = input;
      const along = axis < 0 ? axis + rank : axis;
      if (along < 0 || along >= rank) {
        const range = rank === 0 ? 'a tensor of rank 1 or more' : `an axis from ${-rank} to ${rank - 1}`;
        throw new Error(`${name}: axis is ${axis} but x has shape [${shape}]; give ${range}`);
      }
      if (along === rank - 1) return alongLast(input, options);
      const order = shape.map((_, i) => i).filter((i) => i !== along);
      const back = shape.map((_, i) => (i === along ? rank - 1 : i < along ? i : i - 1));
      return tf.transpose(alongLast(tf.transpose(input, [...order, along]), options), back);
    }) as T;
  };
  Object.defineProperty(activation, 'name', { value: name });
  return activation;
}

/**
 * Checks that the last axis splits into equal parts.
 *
 * @throws when its length is not a multiple of `parts`
 */
export function assertMultiple(name: string, x: tf.Tensor, parts: number): void {
  const length = x.shape.at(-1)!;
  if (length % parts === 0) return;
  throw new Error(
    `${name}: the axis has ${length} entries (x has shape [${x.shape}]); give a multiple of ${parts}`,
  );
}
