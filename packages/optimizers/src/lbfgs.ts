import { assertArgument, assertOptions, between, count, nonNegative } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { assertFloat, assertSlot, assertUpdate, floatGradient } from './assert-update';
import { assertWhole, gradientsAt, lossOf } from './gradients-at';
import { findEntry, mapKind, mapTensors, type Optimizer } from './optimizer';
import { type LearningRate, learningRateKind, rateAt } from './schedule';
import { type Point, strongWolfe } from './strong-wolfe';

export interface LbfgsOptions {
  /** η ≥ 0, the first step size that the line search tries, a number or a schedule; 1 by default. */
  learningRate?: LearningRate | undefined;
  /** m, the number of steps and changes of gradients that are kept, an integer of at least 1; 10 by default. */
  historySize?: number | undefined;
  /** The largest number of losses that a line search computes, an integer of at least 1; 25 by default. */
  maxEvaluations?: number | undefined;
  /** c₁ in (0, 1), the share of the expected fall that is enough; 1e-4 by default. */
  decrease?: number | undefined;
  /** c₂ in (0, 1), the share of the first slope that may be left; 0.9 by default. */
  curvature?: number | undefined;
  /** A step that changes no parameter by more is not searched for, nor one whose expected fall is less, ≥ 0; 1e-9 by default. */
  tolerance?: number | undefined;
}

/** The slots with the last steps and changes of the gradient, [m, …shape], the newest last. */
const [STEPS, CHANGES] = ['steps', 'changes'] as const;

/**
 * L-BFGS: Newton steps with a Hessian that is estimated from the last gradients, and a line search that satisfies the strong Wolfe
 * conditions. It is for smooth losses of all data, not of batches.
 *
 * θ ← θ + t·d, d = −H·g with H from the last m pairs of a step and the change of the gradient over it;
 * L(θ + t·d) ≤ L(θ) + c₁·t·⟨g, d⟩ and |⟨∇L(θ + t·d), d⟩| ≤ c₂·|⟨g, d⟩|
 *
 * One update is one iteration of PyTorch's with `line_search_fn='strong_wolfe'`; it computes the loss and its gradients one to
 * `maxEvaluations` times. The first step tries t = η·min(1, 1/‖g‖₁). PyTorch keeps 100 pairs, which take 200 times the memory of the
 * parameters. The change of the gradient is over one loss, that of the line search, even if the next step has another.
 *
 * It needs `loss` in the third argument of `update`, which `step` and the trainer of `@tenfold/training` and `minimize` of
 * `toTfOptimizer` give, and a backend whose values can be read synchronously: not webgpu.
 *
 * @returns an optimizer with the slots `steps` and `changes`
 * @throws when an option is unknown or out of range; `update` throws without a loss, and on webgpu
 * @example
 * const optimizer = lbfgs();
 * for (let i = 0; i < 50; i++) tf.dispose(step(model, optimizer, () => meanSquaredError(ys, model.predict(xs))));
 * @see Nocedal, Wright, "Numerical Optimization", 2006, algorithms 7.4, 3.5 and 3.6
 */
export function lbfgs(options: LbfgsOptions = {}): Optimizer {
  assertOptions('lbfgs', options, {
    learningRate: learningRateKind,
    historySize: count,
    maxEvaluations: count,
    decrease: between(1e-12, 1 - 1e-7),
    curvature: between(1e-12, 1 - 1e-7),
    tolerance: nonNegative,
  });
  const { learningRate = 1, historySize = 10, maxEvaluations = 25 } = options;
  const { decrease = 1e-4, curvature = 0.9, tolerance = 1e-9 } = options;
  const start = (parameter: tf.Tensor) => tf.zeros([historySize, ...parameter.shape]);
  return {
    init(params) {
      assertArgument('lbfgs', 'params', params, mapKind);
      for (const [key, parameter] of Object.entries(params)) assertFloat('lbfgs', key, parameter);
      return tf.tidy(() => ({ [STEPS]: mapTensors(params, start), [CHANGES]: mapTensors(params, start) }));
    },
    update: (grads, state, info) =>
      tf.tidy(() => {
        assertUpdate('lbfgs', grads, state, info);
        assertWhole('lbfgs', info);
        const { loss } = lossOf('lbfgs', info, Object.keys(grads));
        const eta = rateAt('lbfgs', learningRate, info.step);
        const g = mapTensors(grads, (gradient, key) =>
          floatGradient('lbfgs', key, gradient, findEntry(info.params, key)),
        );
        const history = Object.fromEntries(
          [STEPS, CHANGES].map((slot) => [
            slot,
            mapTensors(g, (gradient, key) => {
              const fresh = start(gradient);
              return assertSlot('lbfgs', slot, key, findEntry(findEntry(state, slot), key) ?? fresh, fresh);
            }),
          ]),
        ) as { [slot in typeof STEPS | typeof CHANGES]: tf.NamedTensorMap };
        const pairs = readPairs(history[STEPS], history[CHANGES], historySize);
        const d = direction(g, pairs);
        const slope = dot(g, d);
        let step = mapTensors(g, (gradient) => tf.zerosLike(gradient));
        let change = step;
        if (eta > 0 && slope < -tolerance) {
          const value = read(info.value ?? loss());
          const evaluate = (t: number): Point => {
            const there = mapTensors(d, (x, key) => tf.add(info.params[key]!, tf.mul(x, t)));
            const found = gradientsAt('lbfgs', info, there);
            return { t, value: read(found.value), slope: dot(found.grads, d), grads: found.grads };
          };
          const size = pairs.length > 0 ? 1 : Math.min(1, 1 / total(mapTensors(g, tf.abs)));
          const origin: Point = { t: 0, value, slope, grads: g };
          const longest = Math.max(
            ...Object.values(d).map((x) => (x.size > 0 ? read(tf.max(tf.abs(x))) : 0)),
          );
          const found = strongWolfe(origin, evaluate, eta * size, {
            maxEvaluations,
            decrease,
            curvature,
            tolerance: tolerance / longest,
          });
          step = mapTensors(d, (x) => tf.mul(x, found.t));
          change = mapTensors(found.grads, (x, key) => tf.sub(x, g[key]!));
        }
        const isPair = dot(step, change) > 1e-10;
        const next = (slot: typeof STEPS | typeof CHANGES, added: tf.NamedTensorMap) =>
          pushed(findEntry(state, slot) ?? {}, history[slot], added, isPair);
        return { updates: step, state: { [STEPS]: next(STEPS, step), [CHANGES]: next(CHANGES, change) } };
      }),
  };
}

/** A step s, the change y of the gradient over it, and 1/⟨s, y⟩. */
interface Pair {
  s: tf.NamedTensorMap;
  y: tf.NamedTensorMap;
  rho: number;
}

function readPairs(steps: tf.NamedTensorMap, changes: tf.NamedTensorMap, size: number): Pair[] {
  return Array.from({ length: size }, (_, i) => {
    const row = (x: tf.Tensor) => tf.squeeze(tf.slice(x, [i], [1]), [0]);
    const [s, y] = [mapTensors(steps, row), mapTensors(changes, row)];
    return { s, y, rho: 1 / dot(s, y) };
    // Rows of zeros are not used yet.
  }).filter(({ rho }) => Number.isFinite(rho) && rho > 0);
}

/** −H·g by the two-loop recursion. */
function direction(g: tf.NamedTensorMap, pairs: Pair[]): tf.NamedTensorMap {
  const added = (a: tf.NamedTensorMap, b: tf.NamedTensorMap, factor: number) =>
    mapTensors(a, (x, key) => tf.add(x, tf.mul(b[key]!, factor)));
  let q = mapTensors(g, (x) => tf.neg(x));
  const alphas: number[] = [];
  for (const [i, { s, y, rho }] of [...pairs.entries()].reverse()) {
    alphas[i] = dot(s, q) * rho;
    q = added(q, y, -alphas[i]!);
  }
  const last = pairs.at(-1);
  if (last) {
    const scale = 1 / last.rho / dot(last.y, last.y);
    q = mapTensors(q, (x) => tf.mul(x, scale));
  }
  for (const [i, { s, y, rho }] of pairs.entries()) q = added(q, s, alphas[i]! - dot(y, q) * rho);
  return q;
}

/** The rows of all parameters with a new one; a parameter that did not step gets zeros, so that rows belong together. */
function pushed(
  rows: tf.NamedTensorMap,
  started: tf.NamedTensorMap,
  added: tf.NamedTensorMap,
  isPair: boolean,
): tf.NamedTensorMap {
  return mapTensors({ ...started, ...rows }, (old, key) => {
    if (!isPair) return tf.clone(old);
    const one = [1, ...old.shape.slice(1)];
    const row = findEntry(added, key);
    const kept = tf.slice(old, [1], [old.shape[0]! - 1]);
    return tf.concat([kept, row ? tf.reshape(row, one) : tf.zeros(one)], 0);
  });
}

function read(scalar: tf.Tensor): number {
  try {
    return scalar.dataSync()[0]!;
  } catch (cause) {
    throw new Error(
      `lbfgs: its line search reads losses synchronously, which the backend ${tf.getBackend()} cannot; use the backend cpu or simd, or another optimizer, such as adam`,
      { cause },
    );
  }
}

const total = (tensors: tf.NamedTensorMap): number =>
  Object.values(tensors).reduce((sum, x) => sum + read(tf.sum(x)), 0);
const dot = (a: tf.NamedTensorMap, b: tf.NamedTensorMap): number =>
  total(mapTensors(a, (x, key) => tf.mul(x, b[key]!)));
