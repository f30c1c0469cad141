import { assertArgument, assertCalled, assertOptions, positive } from '@tenfold/checks';
import { floatTensor } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { assertFree } from './assert-free';
import { assertSlot, assertUpdate } from './assert-update';
import { refusedLoss } from './gradients-at';
import { emptyMap, findEntry, mapTensors, type Optimizer, optimizerKind, traitsOf } from './optimizer';
import { type LearningRate, learningRateKind, rateAt } from './schedule';

export interface ScheduleFreeOptions {
  /** β in (0, 1), the share of the average in the point of the gradients; 0.9 by default. */
  beta?: number | undefined;
  /** η, the schedule of the wrapped optimizer's learning rate, if it has one: a point counts by the square of the largest η so far. */
  learningRate?: LearningRate | undefined;
}

/** The slots of the fast points and of their average. */
const [FAST, AVERAGE] = ['fast', 'average'] as const;

/**
 * Wraps an optimizer to need no schedule: it averages the fast points of the optimizer, and computes gradients between the two.
 *
 * z ← z + the wrapped optimizer's update, x ← x + (w/Σw)·(z − x), θ ← (1 − β)·z + β·x, with w = max(η)²; z and x start as copies of θ
 *
 * The model trains with θ. Evaluate and save it with the average x, the slot 'average' of the state, as that of
 * `exponentialMovingAverage`. Wrap an optimizer without momentum, such as `sgd` or `adamW({ beta1: 0 })`, of a constant rate, perhaps
 * after a warm-up. Running statistics of batch norms have to be computed again for x.
 *
 * @returns an optimizer with the slots 'fast', 'average' and those of the wrapped one
 * @throws when optimizer is not an optimizer, or an option is unknown or out of range; `init` throws when the optimizer has a slot of
 *   such a name; `update` throws when it computes the loss again, as `sam` does: wrap in the other order, sam(scheduleFree(…))
 * @example
 * const learningRate = warmup(constantSchedule(2.5e-3), { steps: 500 });
 * const optimizer = scheduleFree(adamW({ learningRate, beta1: 0 }), { learningRate });
 * @see Defazio et al., "The Road Less Scheduled", 2024, https://arxiv.org/abs/2405.15682, algorithm 1
 */
export function scheduleFree(optimizer: Optimizer, options: ScheduleFreeOptions = {}): Optimizer {
  assertArgument('scheduleFree', 'optimizer', optimizer, optimizerKind);
  assertOptions('scheduleFree', options, { beta: openFraction, learningRate: learningRateKind });
  const { beta = 0.9, learningRate = 1 } = options;
  assertCalled(learningRate);
  const shareAt = averageShares(learningRate);
  return {
    ...traitsOf(optimizer),
    init: (params) =>
      tf.tidy(() => {
        const inner = optimizer.init(params);
        assertFree('scheduleFree', inner, [FAST, AVERAGE]);
        const copies = () =>
          mapTensors(params, (parameter, name) => tf.clone(floatTensor('scheduleFree', name, parameter)));
        return { ...inner, [FAST]: copies(), [AVERAGE]: copies() };
      }),
    update: (grads, state, info) =>
      tf.tidy(() => {
        assertUpdate('scheduleFree', grads, state, info);
        const { [FAST]: fast = {}, [AVERAGE]: average = {}, ...inner } = state;
        // The wrapped optimizer moves the fast points, with the gradients of θ.
        const points = Object.assign(emptyMap<tf.Tensor>(), info.params, fast);
        const params = mapTensors(info.params, (_, name) => points[name]!);
        const loss = refusedLoss(
          'scheduleFree',
          'the parameters of the model are not the points that it moves',
        );
        const { updates, state: next } = optimizer.update(grads, inner, { ...info, params, loss });
        const share = shareAt(info.step);
        const [z, x] = [fast, average].map((slot) =>
          Object.assign(
            emptyMap<tf.Tensor>(),
            mapTensors(slot, (tensor) => tf.clone(tensor)),
          ),
        ) as [tf.NamedTensorMap, tf.NamedTensorMap];
        const moved = mapTensors(updates, (update, name) => {
          const parameter = findEntry(info.params, name)!;
          const mean = findEntry(average, name) ?? parameter;
          assertSlot('scheduleFree', AVERAGE, name, mean, update);
          assertSlot('scheduleFree', FAST, name, points[name], update);
          z[name] = tf.add(points[name]!, update);
          x[name] = tf.add(mean, tf.mul(tf.sub(z[name], mean), share));
          return tf.sub(tf.add(tf.mul(z[name], 1 - beta), tf.mul(x[name], beta)), parameter);
        });
        return { updates: moved, state: { ...next, [FAST]: z, [AVERAGE]: x } };
      }),
  };
}

const openFraction = {
  expected: 'a number in (0, 1)',
  accepts: (value: unknown) => positive.accepts(value) && (value as number) < 1,
};

/** The share of the point of a step in the average: w/Σw. */
function averageShares(learningRate: LearningRate): (step: number) => number {
  if (typeof learningRate === 'number') return (step) => 1 / (step + 1);
  // A resumed run computes the sum up to its step.
  const sums: { largest: number; sum: number }[] = [];
  return (step) => {
    for (let t = sums.length; t <= step; t++) {
      const before = sums[t - 1] ?? { largest: 0, sum: 0 };
      const largest = Math.max(before.largest, rateAt('scheduleFree', learningRate, t));
      sums.push({ largest, sum: before.sum + largest ** 2 });
    }
    const { largest, sum } = sums[step]!;
    return sum > 0 ? largest ** 2 / sum : 1;
  };
}
