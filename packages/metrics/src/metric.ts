import {
  anything,
  assertArgument,
  assertOptions,
  func,
  type Kinds,
  object,
  required,
  show,
  text,
} from '@tenfold/checks';
import type { Input } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { assertPacked, type Measured, pack, type Unpacked, unpack } from './pack';

/** A metric's value: a number, one number for each class, or a matrix. */
export type MetricValue = number | number[] | number[][];

/**
 * The state of a metric: plain data that JSON represents exactly.
 *
 * Because of the empty tuple the compiler takes [0, 0] for a state of two numbers, not for a list.
 */
export type MetricState = number | readonly [] | readonly MetricState[];

export interface WeightOptions {
  /**
   * Weights ≥ 0 of the examples, all 1 by default, in their shape or its leading axes. An example of weight 0 is ignored, even if
   * its label or prediction is NaN. A weight that is negative, NaN or infinite is an error in an array, and makes the value NaN in
   * a tensor.
   */
  weights?: Input;
}

/** A metric in progress, which accumulates over batches. */
export interface Accumulator<V extends MetricValue = number> {
  /**
   * Adds a batch. The arguments are checked and computed with at once, so they may be disposed afterwards; their values are read
   * before the next `result`.
   *
   * @throws when the shapes do not fit
   */
  update(labels: Input, predictions: Input, weights?: Input): void;
  /** The value over all examples since the start or the last `reset`. */
  result(): Promise<V>;
  /** Forgets all examples. */
  reset(): void;
}

/** How a training loop computes a metric: the device measures a batch, and the state is plain data on the host. */
export interface MetricRule<V extends MetricValue = number, Y = tf.Tensor, P = tf.Tensor> {
  /** The state without examples. */
  readonly empty: MetricState;
  /** Measures a batch: one tensor of rank 1, to be read and passed to `add`. Call it within `tf.tidy`. */
  measure(labels: Y, predictions: P): tf.Tensor;
  /** Returns the state with a batch added, from the values of its tensor. */
  add(state: MetricState, values: ArrayLike<number>): MetricState;
  /** The value over all examples of a state. */
  result(state: MetricState): V;
}

/** Labels and predictions of one output, with weights if there are any. Undefined is refused when the metric is measured. */
export interface Selection {
  /** The labels. */
  labels: Input | undefined;
  /** The predictions. */
  predictions: Input | undefined;
  /** Weights of the examples. */
  weights?: Input | undefined;
}

/** Several labels or predictions, where their names are not known. */
export interface NamedTensors {
  readonly [name: string]: tf.Tensor;
}

/** A metric that has a rule, for the option `metrics` of `fit` and `evaluate`. */
export interface SelectedMetric<V extends MetricValue, Y, P> {
  /** The rule for a training loop. */
  readonly rule: MetricRule<V, Y, P>;
}

/** A metric: a function of labels and predictions that can also accumulate over batches. */
export interface Metric<O extends object = object, V extends MetricValue = number> {
  (labels: Input, predictions: Input, options?: O & WeightOptions): Promise<V>;
  /** Its name, which starts errors. */
  readonly name: string;
  /** Returns the metric with other defaults, such as `topKAccuracy.with({ k: 3 })`. */
  with(options: O): Metric<O, V>;
  /** Starts an accumulator. */
  start(options?: O): Accumulator<V>;
  /** Returns the metric for batches with several labels or predictions, such as `accuracy.select((ys, p) => ({ labels: ys.digit, predictions: p.digit }))`. */
  select<Y = NamedTensors, P = NamedTensors>(
    choose: (ys: Y, predictions: P) => Selection,
  ): SelectedMetric<V, Y, P>;
  /** The rule for a training loop. */
  readonly rule: MetricRule<V>;
}

/** The type of a state that starts as S: any number where S is a certain one. */
export type StateLike<S extends MetricState> = S extends number ? number : S;

/** The declaration of a metric. */
export interface MetricDeclaration<O extends object, S extends MetricState, V extends MetricValue> {
  /** Name of the metric; starts its errors. */
  name: string;
  /** A kind for each option. */
  kinds: Kinds<O>;
  /** Checks a batch and computes numbers of its examples. It runs within `tf.tidy`. */
  measure(labels: Input, predictions: Input, options: O): Measured;
  /** The state without examples. */
  start: S;
  /** Returns the state with examples added. Those of weight 0 and invalid ones are left out. */
  add(state: StateLike<S>, batch: Unpacked, options: O): StateLike<S>;
  /** The value over all examples of a state. Invalid examples have made it NaN already. */
  result(state: StateLike<S>, options: O, size: number): V;
}

type Wrapped<S extends MetricState> = readonly [invalid: number, size: number, state: StateLike<S>];

/**
 * Declares a metric: what the device measures of each example, and how the host accumulates it in float64.
 *
 * One invalid example, such as a label that is not a class, makes the value NaN.
 *
 * @returns the metric as a function; its method `start` returns an accumulator, and `fit` and `evaluate` take it by name
 * @throws when a part of the declaration is missing
 * @example
 * const meanError = defineMetric({
 *   name: 'meanError',
 *   kinds: {},
 *   measure: (labels, predictions) => ({ columns: [tf.sub(predictions, labels)] }),
 *   start: [0, 0],
 *   add: ([sum, count], { columns: [errors] }) => [errors.reduce((a, b) => a + b, sum), count + errors.length],
 *   result: ([sum, count]) => sum / count,
 * });
 */
export function defineMetric<O extends object, S extends MetricState, V extends MetricValue>(
  declaration: MetricDeclaration<O, S, V>,
): Metric<O, V> {
  assertOptions('defineMetric', declaration, {
    name: required(text),
    kinds: required(object),
    measure: required(func),
    start: required(stateKind),
    add: required(func),
    result: required(func),
  });
  const { name, kinds } = declaration;

  function ruleWith(options: O): MetricRule<V, Input, Input> & {
    measure(labels: Input, predictions: Input, weights?: Input): tf.Tensor;
  } {
    assertOptions(name, options, kinds);
    return {
      empty: [0, 0, declaration.start],
      measure: (labels: Input, predictions: Input, weights?: Input) =>
        tf.tidy(() => pack(name, declaration.measure(labels, predictions, options), weights)),
      add(wrapped, values) {
        assertState(`${name}.rule.add`, wrapped, declaration.start);
        assertPacked(`${name}.rule.add`, values);
        const [invalid, size, state] = wrapped as Wrapped<S>;
        const batch = unpack(values);
        if (size > 0 && batch.size > 0 && size !== batch.size) {
          throw new Error(
            `${name}: a batch has ${batch.size} classes or outputs but the earlier ones had ${size}; give batches of one kind, or start anew`,
          );
        }
        return [invalid + batch.invalid, Math.max(size, batch.size), declaration.add(state, batch, options)];
      },
      result(wrapped) {
        assertState(`${name}.rule.result`, wrapped, declaration.start);
        const [invalid, size, state] = wrapped as Wrapped<S>;
        const value = declaration.result(state, options, size);
        return invalid > 0 ? (spoil(value) as V) : value;
      },
    };
  }

  function startWith(options: O): Accumulator<V> {
    const rule = ruleWith(options);
    let state: MetricState | Promise<MetricState> = rule.empty;
    return {
      update(labels, predictions, weights) {
        const measured = rule.measure(labels, predictions, weights);
        state = addLater(state, measured);
        // An error is reported by `result`.
        state.catch(() => {});
      },
      async result() {
        return rule.result(await state);
      },
      reset() {
        state = rule.empty;
      },
    };

    async function addLater(
      before: MetricState | Promise<MetricState>,
      measured: tf.Tensor,
    ): Promise<MetricState> {
      tf.keep(measured);
      try {
        const values = await measured.data();
        return rule.add(await before, values);
      } finally {
        measured.dispose();
      }
    }
  }

  function bind(preset: O): Metric<O, V> {
    const rule = ruleWith(preset);
    const metric = async (
      labels: Input,
      predictions: Input,
      options: O & WeightOptions = {} as O,
    ): Promise<V> => {
      assertOptions<object>(name, options, { ...kinds, weights: anything } as Kinds<object>);
      const { weights, ...rest } = options;
      const accumulator = startWith({ ...preset, ...rest } as O);
      accumulator.update(labels, predictions, weights);
      return accumulator.result();
    };
    Object.defineProperty(metric, 'name', { value: name });
    return Object.assign(metric, {
      rule,
      with: (options: O) => {
        assertOptions(name, options, kinds);
        return bind({ ...preset, ...options });
      },
      start: (options: O = {} as O) => {
        assertOptions(name, options, kinds);
        return startWith({ ...preset, ...options });
      },
      select<Y, P>(choose: (ys: Y, predictions: P) => Selection): SelectedMetric<V, Y, P> {
        assertArgument(`${name}.select`, 'choose', choose, required(func));
        return {
          rule: {
            ...rule,
            measure(ys, outputs) {
              const { labels, predictions, weights } = readSelection(name, choose(ys, outputs));
              return rule.measure(labels!, predictions!, weights);
            },
          },
        };
      },
    });
  }

  return bind({} as O);
}

/** Checks what the function of `select` returned. */
function readSelection(name: string, selection: Selection): Selection {
  const known = ['labels', 'predictions', 'weights'] as const;
  const wrong = object.accepts(selection)
    ? (known.slice(0, 2).find((key) => selection[key] === undefined) ??
      Object.keys(selection).find((key) => !(known as readonly string[]).includes(key)))
    : show(selection);
  if (wrong === undefined) return selection;
  const isKnown = (known as readonly string[]).includes(wrong);
  const found = object.accepts(selection)
    ? `an object ${isKnown ? 'without' : 'with'} ${wrong}, of the keys ${Object.keys(selection).join(', ') || 'none'}`
    : wrong;
  throw new Error(
    `${name}.select: choose returned ${found}; return { labels, predictions }, with weights if there are any`,
  );
}

/** Checks that a state is that of this metric, as far as that takes no time: a state may hold all scores. */
function assertState(what: string, state: unknown, start: MetricState): void {
  const isPart = (part: unknown) =>
    typeof part === typeof start &&
    (!Array.isArray(start) || (Array.isArray(part) && (start.length === 0 || part.length === start.length)));
  if (Array.isArray(state) && state.length === 3 && typeof state[0] === 'number' && isPart(state[2])) return;
  throw new Error(
    `${what}: state is ${show(state)}; give the metric's rule.empty, or what its rule.add returned`,
  );
}

const stateKind = {
  expected: 'numbers in arrays',
  accepts: (value: unknown): boolean =>
    typeof value === 'number' || (Array.isArray(value) && value.every(stateKind.accepts)),
};

const spoil = (value: MetricValue): MetricValue =>
  typeof value === 'number' ? Number.NaN : (value.map((entry) => spoil(entry)) as number[] | number[][]);
