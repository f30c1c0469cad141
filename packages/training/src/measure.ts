import { show } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { Loss } from './create-trainer';
import type { AccumulatingMetric, Metric, MetricState, Metrics } from './metric';

/** What was measured of a batch: one tensor of rank 1, so that one read suffices. */
export interface Measurement {
  /** The loss, the weight of the batch if the device knows it, and the numbers of each metric. */
  tensor: tf.Tensor;
  /** By how much the loss counts, if the host knows it. */
  weight: number | undefined;
  /** How many numbers each metric has. */
  lengths: number[];
}

/** The values of a measurement. */
export interface BatchValues {
  /** The loss. */
  loss: number;
  /** By how much the loss counts: the sum of the weights of the examples, by default their number. */
  weight: number;
  /** The numbers of each metric by name. */
  parts: { [name: string]: ArrayLike<number> };
}

/** The states of metrics by name; the state of a function is the sum of its values times the sizes of the batches. */
export interface MetricStates {
  [name: string]: MetricState;
}

const isAccumulating = <Y, O>(metric: Metric<Y, O>): metric is AccumulatingMetric<Y, O> => 'rule' in metric;

/**
 * Computes the loss and the metrics of a batch.
 *
 * @param name of the function; starts errors
 * @param loss a loss function, or its value if it is known
 * @param weight by how much the loss counts
 */
export function measure<Y, O>(
  name: string,
  loss: Loss<Y, O> | tf.Scalar,
  metrics: Metrics<Y, O>,
  labels: Y,
  predictions: O,
  weight: tf.Tensor | number,
): Measurement {
  const lengths: number[] = [];
  const tensor = tf.tidy(() => {
    const value = typeof loss === 'function' ? loss(labels, predictions) : loss;
    const parts = Object.entries(metrics).map(([key, metric]) => {
      const what = `the metric ${key}`;
      const part = isAccumulating(metric)
        ? list(name, what, metric.rule.measure(labels, predictions))
        : scalar(name, what, metric(labels, predictions));
      lengths.push(part.size);
      return part;
    });
    const known = typeof weight === 'number' ? [] : [tf.reshape(weight, [1])];
    return tf.concat([scalar(name, 'the loss', value), ...known, ...parts]);
  });
  return { tensor, weight: typeof weight === 'number' ? weight : undefined, lengths };
}

/** Reads a measurement. */
export async function readMeasurement(
  { tensor, weight, lengths }: Measurement,
  names: readonly string[],
): Promise<BatchValues> {
  const values = await tensor.data();
  let end = weight === undefined ? 2 : 1;
  const parts = names.map((name, i) => {
    const start = end;
    end += lengths[i]!;
    return [name, values.slice(start, end)] as const;
  });
  return { loss: values[0]!, weight: weight ?? values[1]!, parts: Object.fromEntries(parts) };
}

/** The states without examples. */
export const emptyStates = <Y, O>(metrics: Metrics<Y, O>): MetricStates =>
  mapMetrics(metrics, (metric) => (isAccumulating(metric) ? metric.rule.empty : 0));

/** The states with a batch of `size` examples added. */
export const addBatch = <Y, O>(
  metrics: Metrics<Y, O>,
  states: MetricStates,
  { parts }: BatchValues,
  size: number,
): MetricStates =>
  mapMetrics(metrics, (metric, name) => {
    const [state, values] = [states[name]!, parts[name]!];
    return isAccumulating(metric) ? metric.rule.add(state, values) : (state as number) + values[0]! * size;
  });

/** The values of the metrics over all examples. One of several values has numbered names. */
export const metricValues = <Y, O>(
  metrics: Metrics<Y, O>,
  states: MetricStates,
  examples: number,
): { [name: string]: number } =>
  Object.fromEntries(
    Object.entries(metrics).flatMap(([name, metric]) => {
      const state = states[name]!;
      return numbered(
        name,
        isAccumulating(metric) ? metric.rule.result(state) : (state as number) / examples,
      );
    }),
  );

/** The values of the metrics of one batch. */
export const batchValues = <Y, O>(
  metrics: Metrics<Y, O>,
  { parts }: BatchValues,
): { [name: string]: number } =>
  Object.fromEntries(
    Object.entries(metrics).flatMap(([name, metric]) => {
      const values = parts[name]!;
      if (!isAccumulating(metric)) return [[name, values[0]!] as const];
      const { empty, add, result } = metric.rule;
      return numbered(name, result(add(empty, values)));
    }),
  );

const numbered = (name: string, value: number | readonly (number | number[])[]): [string, number][] =>
  typeof value === 'number' ? [[name, value]] : value.flatMap((entry, i) => numbered(`${name}.${i}`, entry));

const mapMetrics = <Y, O>(
  metrics: Metrics<Y, O>,
  f: (metric: Metric<Y, O>, name: string) => MetricState,
): MetricStates =>
  Object.fromEntries(Object.entries(metrics).map(([name, metric]) => [name, f(metric, name)]));

function scalar(name: string, what: string, value: unknown): tf.Tensor {
  if (value instanceof Promise) {
    // It may reject, after its tensors are disposed.
    value.catch(() => {});
    throw new Error(
      `${name}: ${what} is a promise; return a scalar tensor, or give a metric of @tenfold/metrics itself, with its options: metric.with({ … })`,
    );
  }
  if (!(value instanceof tf.Tensor)) {
    throw new Error(`${name}: ${what} is ${show(value)}; return a scalar tensor`);
  }
  if (value.rank !== 0) {
    throw new Error(
      `${name}: ${what} has shape [${value.shape}]; return a scalar, the mean over the examples (reduction 'mean')`,
    );
  }
  return tf.reshape(tf.cast(value, 'float32'), [1]);
}

function list(name: string, what: string, value: unknown): tf.Tensor {
  if (value instanceof tf.Tensor && value.rank === 1) return tf.cast(value, 'float32');
  throw new Error(`${name}: the rule of ${what} measured ${show(value)}; return a tensor of rank 1`);
}
