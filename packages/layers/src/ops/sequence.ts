import { show } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { inputTensor } from './input-tensor';
import { readNow } from './read-now';
import type { RecurrentOutput } from './recurrent';

/** Sequences of different lengths, or with an initial state, as the input of a recurrent layer. */
export interface SequenceInput {
  /** [batch, time, features] */
  x: tf.Tensor;
  /**
   * Number of steps of each sequence, [batch], from 1 to time. Later steps are padding and may hold any values, even NaN. A wrong
   * length is an error where memory can be read at once, and NaN elsewhere.
   */
  lengths?: tf.Tensor | undefined;
  /** State before the first step, [batch, units]; 0 by default. A stack or both directions: [layers, batch, units]. */
  state?: tf.Tensor | undefined;
  /** Cell of an LSTM before the first step, of the shape of `state`; 0 by default. */
  cell?: tf.Tensor | undefined;
}

/** The output of a recurrent layer with `returnState: true`. */
export type SequenceResult = {
  /** The output, as without `returnState`. */
  y: tf.Tensor;
  /** State after the last step of each sequence, [batch, units]. */
  state: tf.Tensor;
  /** Cell of an LSTM after the last step, [batch, units]. */
  cell?: tf.Tensor;
};

/** The output of a recurrent layer. */
export type SequenceOutput<S extends boolean> = S extends true ? SequenceResult : tf.Tensor;

/** A checked input. */
export interface Sequences {
  /** [batch, time, inFeatures], with padding set to 0. */
  x: tf.Tensor;
  lengths: tf.Tensor | undefined;
  state: tf.Tensor | undefined;
  cell: tf.Tensor | undefined;
}

/**
 * Reads the input of a recurrent layer.
 *
 * @param size of the state, if the layer has one of that size
 * @param hasCell whether there is a cell besides the state
 * @throws when it is not a batch of sequences, or lengths or states do not match it
 */
export function readSequences(
  name: string,
  input: unknown,
  inFeatures: number | undefined,
  { size, hasCell = false, layers }: { size?: number; hasCell?: boolean; layers?: number },
): Sequences {
  const isPlain =
    typeof input === 'object' &&
    input !== null &&
    !(input instanceof tf.Tensor) &&
    !Array.isArray(input) &&
    'x' in input;
  const given = (isPlain ? input : { x: input }) as { [name: string]: unknown };
  const names = ['x', 'lengths', 'state', ...(hasCell ? ['cell'] : [])];
  const unknown = Object.keys(given).find((key) => !names.includes(key));
  if (unknown !== undefined) {
    throw new Error(`${name}: the input has ${show(unknown)}; give a tensor, or { ${names.join(', ')} }`);
  }
  const x = inputTensor(name, given.x);
  if (
    x.rank !== 3 ||
    (inFeatures !== undefined && x.shape[2] !== inFeatures) ||
    x.shape[0] === 0 ||
    x.shape[1] === 0
  ) {
    throw new Error(
      `${name}: the input has shape [${x.shape}]; give at least one sequence [batch, time, ${inFeatures ?? 'features'}] of at least one step${inFeatures === undefined ? '' : `, because inFeatures is ${inFeatures}`}`,
    );
  }
  const [batch, time] = x.shape as [number, number, number];
  const state = (what: 'state' | 'cell'): tf.Tensor | undefined => {
    if (given[what] === undefined) return undefined;
    const value = inputTensor(name, given[what], what);
    const shape = [...(layers === undefined ? [] : [layers]), batch, ...(size === undefined ? [] : [size])];
    const fits =
      value.rank === (layers === undefined ? 2 : 3) && shape.every((length, i) => value.shape[i] === length);
    if (fits) return value;
    throw new Error(
      `${name}: ${what} has shape [${value.shape}]; give [${[...shape, ...(size === undefined ? ['units'] : [])]}]`,
    );
  };
  const lengths = readLengths(name, given.lengths, batch, time);
  return {
    x: lengths ? tf.where(expand(stepsWithin(lengths, time), x.shape), x, tf.zerosLike(x)) : x,
    lengths,
    state: state('state'),
    cell: hasCell ? state('cell') : undefined,
  };
}

function readLengths(name: string, given: unknown, batch: number, time: number): tf.Tensor | undefined {
  if (given === undefined) return undefined;
  const lengths = inputTensor(name, given, 'lengths');
  if (lengths.shape.join() !== `${batch}`) {
    throw new Error(`${name}: lengths has shape [${lengths.shape}]; give one for each sequence, [${batch}]`);
  }
  const wrong = Array.from(readNow(lengths) ?? []).find((n) => !(Number.isInteger(n) && n >= 1 && n <= time));
  if (wrong !== undefined) {
    throw new Error(`${name}: a length is ${wrong}; give integers from 1 to ${time}, the steps of the input`);
  }
  return lengths;
}

/** Whether each step is within its sequence, bool [batch, time]. */
const stepsWithin = (lengths: tf.Tensor, time: number): tf.Tensor =>
  tf.less(tf.expandDims(tf.range(0, time), 0), tf.expandDims(lengths, 1));

const expand = (steps: tf.Tensor, shape: number[]): tf.Tensor =>
  tf.broadcastTo(tf.expandDims(steps, 2), shape);

/** The value after the last step of each sequence, [batch, units], of values [batch, time, units]. */
export function atLast(values: tf.Tensor, lengths: tf.Tensor | undefined): tf.Tensor {
  const [batch, time, units] = values.shape as [number, number, number];
  if (!lengths) return tf.reshape(tf.slice(values, [0, time - 1, 0], [batch, 1, units]), [batch, units]);
  const isLast = tf.equal(tf.expandDims(tf.range(0, time), 0), tf.expandDims(tf.sub(lengths, 1), 1));
  const last = tf.sum(tf.where(expand(isLast, values.shape), values, tf.zerosLike(values)), 1);
  return tf.add(last, nanOfWrong(lengths, time));
}

/** 0 for a length from 1 to time, NaN for any other, [batch, 1]. */
const nanOfWrong = (lengths: tf.Tensor, time: number): tf.Tensor => {
  const right = tf.logicalAnd(tf.greaterEqual(lengths, 1), tf.lessEqual(lengths, time));
  const whole = tf.logicalAnd(right, tf.equal(lengths, tf.floor(lengths)));
  return tf.expandDims(tf.where(whole, tf.zerosLike(lengths), tf.fill(lengths.shape, Number.NaN)), 1);
};

/** Selects the output from values [batch, time, units]; padding is 0. */
export function selectSteps(
  values: tf.Tensor,
  output: RecurrentOutput,
  lengths: tf.Tensor | undefined,
): tf.Tensor {
  if (output === 'last') return atLast(values, lengths);
  if (!lengths) return output === 'all' ? values : tf.mean(values, 1);
  const time = values.shape[1]!;
  const within = expand(stepsWithin(lengths, time), values.shape);
  const wrong = nanOfWrong(lengths, time);
  const shown = tf.where(within, values, tf.zerosLike(values));
  if (output === 'all') return tf.add(shown, tf.expandDims(wrong, 2));
  return tf.add(tf.div(tf.sum(shown, 1), tf.expandDims(lengths, 1)), wrong);
}

/** Reverses the steps of each sequence [batch, time, features] and leaves its padding at the end. */
export function reverseSteps(x: tf.Tensor, lengths: tf.Tensor | undefined): tf.Tensor {
  if (!lengths) return tf.reverse(x, 1);
  const [batch, time, features] = x.shape as [number, number, number];
  const at = tf.expandDims(tf.range(0, time), 0);
  const ends = tf.expandDims(lengths, 1);
  const mirrored = tf.sub(tf.sub(ends, 1), at);
  const within = tf.broadcastTo(tf.greaterEqual(mirrored, 0), [batch, time]);
  const steps = tf.where(within, tf.minimum(mirrored, time - 1), tf.broadcastTo(at, [batch, time]));
  const rows = tf.add(steps, tf.mul(tf.expandDims(tf.range(0, batch), 1), time));
  const flat = tf.gather(tf.reshape(x, [batch * time, features]), tf.cast(tf.reshape(rows, [-1]), 'int32'));
  return tf.reshape(flat, x.shape);
}

/**
 * The output of a recurrent layer, with the final states if they are asked for.
 *
 * @param values [batch, time, units]; the state too, unless `states` has others
 */
export function finish<S extends boolean>(
  values: tf.Tensor,
  output: RecurrentOutput,
  lengths: tf.Tensor | undefined,
  returnState: boolean,
  states: { state: tf.Tensor; cell?: tf.Tensor } = { state: values },
): SequenceOutput<S> {
  const y = selectSteps(values, output, lengths);
  if (!returnState) return y as SequenceOutput<S>;
  const last = Object.entries(states).map(([name, state]) => [name, atLast(state, lengths)]);
  return { y, ...Object.fromEntries(last) } as SequenceOutput<S>;
}
