import { finite, oneOf } from '@tenfold/checks';
import type { Input } from '@tenfold/kernels';
import type { ThresholdOptions } from './classification/binary-accuracy';
import {
  type Accumulator,
  defineMetric,
  type MetricRule,
  type SelectedMetric,
  type Selection,
  type WeightOptions,
} from './metric';
import type { Measured, Unpacked } from './pack';
import {
  type ClassOptions,
  classKinds,
  isBinary,
  predictedClass,
  readBinary,
  readClasses,
  requireThreshold,
} from './read-classes';

/** How the values of several classes become one. */
export interface AverageOptions extends ClassOptions, ThresholdOptions {
  /**
   * For several classes, 'macro' by default: the mean over the classes. 'weighted': the same, weighted by the labels of each class.
   * 'micro': computed from the sums over the classes. 'none': one value for each class. With one score per example the value is
   * that of label 1.
   */
  average?: 'macro' | 'micro' | 'weighted';
}

/** The options for one value per class. */
export interface PerClassOptions extends ClassOptions, ThresholdOptions {
  /** One value for each class. */
  average: 'none';
}

/** A metric of several classes, with one value, or one for each class. */
export interface AveragedMetric {
  (labels: Input, predictions: Input, options?: AverageOptions & WeightOptions): Promise<number>;
  (labels: Input, predictions: Input, options: PerClassOptions & WeightOptions): Promise<number[]>;
  /** Its name, which starts errors. */
  readonly name: string;
  /** Returns the metric with other defaults, such as `f1.with({ average: 'micro' })`. */
  with(options: AverageOptions | PerClassOptions): AveragedMetric;
  /** Starts an accumulator. */
  start(options: PerClassOptions): Accumulator<number[]>;
  start(options?: AverageOptions): Accumulator;
  /** Returns the metric for batches with several labels or predictions. */
  select<Y, P>(choose: (ys: Y, predictions: P) => Selection): SelectedMetric<number | number[], Y, P>;
  /** The rule for a training loop. */
  readonly rule: MetricRule<number | number[]>;
}

/** The weights of the examples of each class: predicted and labeled so, predicted so, labeled so. */
type ClassCounts = readonly [
  both: readonly number[],
  predicted: readonly number[],
  labeled: readonly number[],
];

/** A ratio of the counts of one class. */
type Ratio = (both: number, predicted: number, labeled: number) => readonly [part: number, whole: number];

/** Measures the labeled and the predicted class of each example. With one score per example, these are 0 and 1, and the size is 1. */
export function measureClasses(
  name: string,
  labels: Input,
  predictions: Input,
  { ignoreIndex, threshold }: ClassOptions & ThresholdOptions,
): Measured & { size: number; isBinary: boolean } {
  if (isBinary(name, labels, predictions)) {
    if (ignoreIndex !== undefined) {
      throw new Error(
        `${name}: ignoreIndex is ${ignoreIndex} but there is one score per example; give weights instead`,
      );
    }
    const { label, score } = readBinary(name, labels, predictions);
    requireThreshold(name, threshold);
    return { columns: [label, score], size: 1, isBinary: true };
  }
  const options = ignoreIndex === undefined ? {} : { ignoreIndex };
  const { label, scores, classes, counted } = readClasses(name, labels, predictions, options);
  if (threshold !== undefined) {
    throw new Error(
      `${name}: threshold is ${threshold} but there are ${classes} classes, of which the highest score is predicted; leave threshold out`,
    );
  }
  const columns = [label, predictedClass(scores)];
  return { columns, size: classes, isBinary: false, ...(counted && { counted }) };
}

/** The predicted class of the example `i`. */
export const predictedAt = (
  [, predicted]: ArrayLike<number>[],
  i: number,
  size: number,
  { threshold }: ThresholdOptions,
): number => (size === 1 ? Number(predicted![i]! > Math.fround(threshold!)) : predicted![i]!);

/** Declares a metric of a ratio for each class. A class whose ratio is 0/0 is undefined: NaN, and left out of averages. */
export function ratioOfClasses(name: string, ratio: Ratio, usual: 'macro' = 'macro'): AveragedMetric {
  type Options = Omit<AverageOptions, 'average'> & { average?: 'macro' | 'micro' | 'weighted' | 'none' };
  return defineMetric<Options, ClassCounts, number | number[]>({
    name,
    kinds: { average: oneOf('macro', 'micro', 'weighted', 'none'), threshold: finite, ...classKinds },
    measure(labels, predictions, options) {
      const { isBinary, ...measured } = measureClasses(name, labels, predictions, options);
      if (isBinary && options.average !== undefined) {
        throw new Error(
          `${name}: average is '${options.average}' but there is one score per example, for which the value is that of label 1; leave average out`,
        );
      }
      return measured;
    },
    start: [[], [], []],
    add(counts, { columns, weights, size }: Unpacked, options) {
      const [both, predicted, labeled] = counts.map((list) =>
        list.length > 0 ? [...list] : new Array<number>(size).fill(0),
      ) as [number[], number[], number[]];
      // With one score per example, only the class 1 is counted, at index 0.
      const first = size === 1 ? 1 : 0;
      for (let i = 0; i < weights.length; i++) {
        const label = columns[0]![i]! - first;
        const guess = predictedAt(columns, i, size, options) - first;
        if (label >= 0) labeled[label]! += weights[i]!;
        if (guess >= 0) predicted[guess]! += weights[i]!;
        if (label >= 0 && label === guess) both[label]! += weights[i]!;
      }
      return [both, predicted, labeled];
    },
    result([both, predicted, labeled], { average = usual }, size) {
      const ratios = both.map((count, i) => ratio(count, predicted[i]!, labeled[i]!));
      const values = ratios.map(([part, whole]) => part / whole);
      if (size === 1) return values[0]!;
      if (average === 'none') return values;
      if (average === 'micro')
        return sum(ratios.map(([part]) => part)) / sum(ratios.map(([, whole]) => whole));
      const weights = values.map((value, i) =>
        Number.isNaN(value) ? 0 : average === 'macro' ? 1 : labeled[i]!,
      );
      return sum(values.map((value, i) => (weights[i] === 0 ? 0 : weights[i]! * value))) / sum(weights);
    },
  }) as AveragedMetric;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
