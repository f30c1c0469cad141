import { expectClose, expectNoLeaks, goldens } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import * as exported from '../src/index';
import {
  applyUpdates,
  clipByGlobalNorm,
  type Optimizer,
  type OptimizerState,
  toTfOptimizer,
} from '../src/index';
import { findOutside } from '../src/slot';

type Values = { [name: string]: number[] };
/** The first line of an optimizer's golden file: parameters, and their gradients at all steps, [steps, …shape]. */
interface Setting {
  shapes: { [name: string]: number[] };
  /** The steps after which the parameters are recorded. */
  kept: number[];
  start: Values;
  gradients: Values;
}
export interface Options {
  /** The optimizer that a wrapper wraps. */
  base?: [name: string, options: Options];
  only?: string;
  schedule?: [string, object];
  maxNorm?: number;
}
interface Trajectory {
  options: Options;
  kept: Values[];
  /** Of an optimizer that keeps an average. */
  averages?: Values[];
}
export interface Descent {
  surface: keyof typeof surfaces;
  options: Options;
  /** The steps after which the point is recorded; after the last one, the value must be below a fraction of the first. */
  kept: number[];
  points: number[][];
  steps: number;
  below: number;
}

export const functions = exported as unknown as { [name: string]: (...inputs: object[]) => never };
export const files = goldens<[Setting, ...(Trajectory | Descent)[]]>(new URL('../goldens/', import.meta.url));
const every = Object.entries(files)
  .filter(([, [first]]) => 'gradients' in first)
  .map(([name, [setting, ...lines]]) => ({
    name,
    setting,
    trajectories: lines.filter((line): line is Trajectory => !('surface' in line)),
    descents: lines.filter((line): line is Descent => 'surface' in line),
  }));

/** Makes the optimizer for the options of a golden file. */
export function make(name: string, { base, only, schedule, ...rest }: Options): Optimizer {
  const { maxNorm, ...others } = rest;
  const options = {
    ...(base ? rest : others),
    ...(only && { only: new RegExp(only) }),
    ...(schedule && { learningRate: functions[schedule[0]]!(schedule[1]) }),
  };
  if (base) return functions[name]!(make(...base), options);
  const optimizer: Optimizer = functions[name]!(options);
  return maxNorm ? clipByGlobalNorm(optimizer, { maxNorm }) : optimizer;
}

// A software adapter for WebGPU takes a second for what the others do in a millisecond, and ends after some thousand shaders.
const isGpu = tf.getBackend() === 'webgpu';

/** Optimizers in which the gradient of one parameter changes the steps of the others, or the step of the run counts. */
const joint = new Set(['accumulate', 'lookahead', 'prodigy', 'scheduleFree', 'skipNotFinite']);

const wrappers = new Set(every.flatMap((o) => (o.trajectories[0]!.options.base ? [o.name] : [])));

/** The start of each surface, its value and its gradient. */
export const surfaces = {
  // ‖X·W − Y‖²/n with Y = X·W*.
  quadratic: {
    start: [0, 0, 0, 0, 0, 0],
    value: (w: tf.Tensor) => tf.mean(tf.square(quadraticError(w))),
    gradient: (w: tf.Tensor) => tf.mul(tf.matMul(quadraticInputs(), quadraticError(w), true), 2 / 8),
  },
  // Σ (1 − a)² + 100·(b − a²)² over the rows [a, b].
  rosenbrock: {
    start: [-1.2, 1, 0.5, -0.5],
    value(w: tf.Tensor): tf.Tensor {
      const [a, b] = tf.split(w, 2, 1) as [tf.Tensor, tf.Tensor];
      return tf.sum(tf.add(tf.square(tf.sub(1, a)), tf.mul(tf.square(tf.sub(b, tf.square(a))), 100)));
    },
    gradient(w: tf.Tensor): tf.Tensor {
      const [a, b] = tf.split(w, 2, 1) as [tf.Tensor, tf.Tensor];
      const above = tf.sub(b, tf.square(a));
      const first = tf.sub(tf.mul(tf.sub(a, 1), 2), tf.mul(tf.mul(a, above), 400));
      return tf.concat([first, tf.mul(above, 200)], 1);
    },
  },
};
function quadraticInputs(): tf.Tensor2D {
  return tf.tensor2d([1, 0.5, -0.3, -0.2, 1.1, 0.4, 0.3, -0.6, 0.9, 0.8, 0.2, -1], [4, 3]);
}

function quadraticError(w: tf.Tensor): tf.Tensor2D {
  const best = tf.tensor2d([1, -2, 0.5, 1.5, -1, 0.25], [3, 2]);
  return tf.matMul(quadraticInputs(), tf.sub(w, best) as tf.Tensor2D);
}

/** Tests all optimizers, or all wrappers of optimizers, that have a golden file. */
export function testOptimizers(which: 'rules' | 'wrappers'): void {
  const optimizers = every.filter(({ name }) => wrappers.has(name) === (which === 'wrappers'));
  it('there are some', () => void expect(optimizers.length).toBeGreaterThan(4));

  const all = optimizers.flatMap(({ name, setting, trajectories }) =>
    trajectories
      .slice(isGpu ? -1 : 0)
      .map((t) => [`${name} ${JSON.stringify(t.options)}`, { name, setting, ...t }] as const),
  );

  describe('trajectories of 20 steps are those of PyTorch in float64', () => {
    it.each(all)('%s', async (_, { name, setting, options, kept, averages }) => {
      const optimizer = make(name, options);
      const names = Object.keys(setting.shapes);
      const params = variables(setting, names);
      let state = optimizer.init(params);
      for (let step = 0; step < setting.kept.at(isGpu ? 2 : -1)!; step++) {
        state = takeStep(optimizer, params, gradientsAt(setting, names, step), state, step);
        const expected = kept[setting.kept.indexOf(step + 1)];
        for (const n of expected ? names : []) {
          const label = `${n} after step ${step + 1}`;
          await expectClose(params[n]!, expected![n]!, { absolute: 2e-6, relative: 1e-5, label });
          const average = averages?.[setting.kept.indexOf(step + 1)]?.[n];
          const of = `average of ${label}`;
          if (average)
            await expectClose(state.average![n]!, average, { absolute: 2e-6, relative: 1e-5, label: of });
        }
      }
      tf.dispose([params, state]);
    });
  });

  const descents = optimizers.flatMap(({ name, descents }) =>
    descents.map((d) => [`${name} on ${d.surface}`, { name, ...d }] as const),
  );

  describe('descends as PyTorch does in float64', () => {
    it('on every surface', () => {
      for (const { name, descents } of optimizers) {
        // Centralized gradients do not lead to the minimum of a matrix alone.
        if (name === 'centralize') continue;
        const have = descents.map(({ surface }) => surface).sort();
        expect([name, have]).toEqual([name, Object.keys(surfaces).sort()]);
      }
    });

    it.each(descents)('%s', async (_, { name, surface, options, kept, points, steps, below }) => {
      const { start, value, gradient } = surfaces[surface];
      const optimizer = make(name, options);
      const kernel = tf.tidy(() => tf.variable(tf.tensor2d(start, [start.length / 2, 2])));
      const valueNow = async () => (await tf.tidy(() => value(kernel)).data())[0]!;
      const first = await valueNow();
      let state = optimizer.init({ kernel });
      for (let step = 0; step < (isGpu ? kept[1]! : steps); step++) {
        const grads = { kernel: tf.tidy(() => gradient(kernel)) };
        state = takeStep(optimizer, { kernel }, grads, state, step);
        const expected = points[kept.indexOf(step + 1)];
        // Rounding errors grow along a curved valley, so later points are not compared.
        if (expected)
          await expectClose(kernel, expected, { absolute: 1e-3, label: `after step ${step + 1}` });
      }
      expect((await valueNow()) / first).toBeLessThan(isGpu ? 1.5 : below);
      tf.dispose([kernel, state]);
    });
  });

  const variants = optimizers.flatMap(({ name, setting, trajectories }) => {
    const plain = trajectories.filter(
      ({ options }) => !options.schedule && (options.base || !options.maxNorm),
    );
    const chosen = new Set(isGpu ? [plain.at(-1)!] : [plain[0]!, plain[plain.length >> 1]!, plain.at(-1)!]);
    return [...chosen].map(
      ({ options }) =>
        [`${name} ${JSON.stringify(options)}`, { name, setting, make: () => make(name, options) }] as const,
    );
  });

  describe.each(variants)('%s', (_, { name, setting, make }) => {
    const { shapes } = setting;
    const names = Object.keys(shapes);

    it('has separate slot tensors for every parameter', () => {
      const params = variables(setting, names);
      const state = make().init(params);
      for (const slot of Object.values(state)) expect(Object.keys(slot)).toEqual(names);
      const tensors = listTensors(Object.values(state));
      expect(new Set([...tensors, ...Object.values(params)]).size).toBe(tensors.length + names.length);
      tf.dispose([params, state]);
    });

    it('leaks nothing over 10 steps', async () => {
      await expectNoLeaks(() => {
        const optimizer = make();
        const params = variables(setting, names);
        let state = optimizer.init(params);
        const before = tf.memory().numTensors;
        for (let step = 0; step < 10; step++) {
          state = takeStep(optimizer, params, gradientsAt(setting, names, step), state, step);
        }
        expect(tf.memory().numTensors).toBe(before);
        tf.dispose([params, state]);
      });
    });

    it('keeps its inputs, and returns new tensors in the shapes of the parameters', async () => {
      const [optimizer, params, grads] = [make(), variables(setting, names), gradientsAt(setting, names, 0)];
      const state = optimizer.init(params);
      const result = optimizer.update(grads, state, { params, step: 5 });
      const inputs = new Set(listTensors([params, grads, state]));
      for (const tensor of inputs) expect(tensor.isDisposed).toBe(false);
      const returned = listTensors([result.updates, result.state]);
      for (const tensor of returned) expect(inputs.has(tensor)).toBe(false);
      expect(new Set(returned).size).toBe(returned.length);
      expect(Object.keys(result.state)).toEqual(Object.keys(state));
      for (const n of names) expect(result.updates[n]!.shape).toEqual(shapes[n]);
      for (const n of names) await expectClose(params[n]!, setting.start[n]!);
      tf.dispose([params, grads, state, result.updates, result.state]);
    });

    it('takes the same steps from the same inputs', async () => {
      const run = async () => {
        const [optimizer, params] = [make(), variables(setting, names)];
        let state = optimizer.init(params);
        for (let step = 0; step < 5; step++) {
          state = takeStep(optimizer, params, gradientsAt(setting, names, step), state, step);
        }
        const values = await Promise.all(names.map((n) => params[n]!.data()));
        tf.dispose([params, state]);
        return values;
      };
      expect(await run()).toEqual(await run());
    });

    it('continues exactly from a saved state, with the numbers that its slots can have', async () => {
      const [optimizer, params] = [make(), variables(setting, names)];
      let state = optimizer.init(params);
      const values: Float32Array[][] = [];
      for (const resumes of [false, true]) {
        for (const n of names) params[n]!.assign(tf.tensor(setting.start[n]!, setting.shapes[n]!));
        state = optimizer.init(params);
        for (let step = 0; step < 4; step++) {
          if (resumes && step === 2) state = await copyState(state, make().ranges);
          state = takeStep(optimizer, params, gradientsAt(setting, names, step), state, step);
        }
        values.push(await Promise.all(names.map((n) => params[n]!.data<'float32'>())));
      }
      // A GPU may round what was read otherwise than what it computed on the way.
      const exact = { absolute: 0, relative: isGpu ? 1e-6 : 0 };
      for (const [i, found] of values[1]!.entries()) await expectClose(found, values[0]![i]!, exact);
    });

    it('takes the same steps as a tf.Optimizer', async () => {
      const [params, twins] = [variables(setting, names), variables(setting, names, true)];
      const [optimizer, converted] = [make(), toTfOptimizer(make())];
      let state = optimizer.init(params);
      for (let step = 0; step < 3; step++) {
        const grads = gradientsAt(setting, names, step);
        converted.applyGradients(grads);
        state = takeStep(optimizer, params, grads, state, step);
      }
      for (const n of names) await expectClose(twins[n]!, params[n]!, { absolute: 0, relative: 0 });
      tf.dispose([params, twins, state]);
      converted.dispose();
    });

    it.each([0, 1e-30, -80, 80])('stays finite if all gradients are %d', async (value) => {
      const [optimizer, params] = [make(), variables(setting, names)];
      let state = optimizer.init(params);
      for (let step = 0; step < 5; step++) {
        const grads = Object.fromEntries(names.map((n) => [n, tf.fill(shapes[n]!, value)]));
        state = takeStep(optimizer, params, grads, state, step);
      }
      for (const tensor of listTensors([params, state])) {
        expect((await tensor.data()).every(Number.isFinite)).toBe(true);
      }
      tf.dispose([params, state]);
    });

    it('keeps the state of a parameter without a gradient, even if it is not in params', async () => {
      const [optimizer, params] = [make(), variables(setting, names)];
      const state = takeStep(optimizer, params, gradientsAt(setting, names, 2), optimizer.init(params), 0);
      const [absent, ...present] = names;
      const grads = gradientsAt(setting, present, 3);
      for (const shown of [params, Object.fromEntries(present.map((n) => [n, params[n]!]))]) {
        const result = optimizer.update(grads, state, { params: shown, step: 5 });
        expect(Object.keys(result.updates)).toEqual(present);
        for (const [slot, tensors] of Object.entries(state)) {
          expect(Object.keys(result.state[slot]!)).toEqual(names);
          expect(result.state[slot]![absent!]).not.toBe(tensors[absent!]);
          if (slot === 'average' && wrappers.has(name)) continue; // of parameters without a gradient too
          await expectClose(result.state[slot]![absent!]!, tensors[absent!]!, { absolute: 0, relative: 0 });
        }
        tf.dispose([result.updates, result.state]);
      }
      tf.dispose([params, grads, state]);
    });

    it('names the argument that does not fit, and leaves nothing behind', async () => {
      const [optimizer, params] = [make(), variables(setting, names)];
      const state = optimizer.init(params);
      const wrong = {
        other: tf.zeros([2, 2]),
        turned: tf.zeros([3, 2]),
        gone: tf.zeros([2, 3]),
        row: tf.zeros([1, 3]),
      };
      wrong.gone.dispose();
      const update = (grads: unknown, of: unknown = state, info: unknown = { params, step: 0 }) => {
        optimizer.update(
          grads as tf.NamedTensorMap,
          of as OptimizerState,
          info as { params: typeof params; step: 0 },
        );
      };
      const smaller = Object.fromEntries(Object.keys(state).map((slot) => [slot, { kernel: wrong.row }]));
      await expectNoLeaks(() => {
        for (const [call, message] of [
          [() => update({ other: wrong.other }), /: there is a gradient for other but no parameter/],
          [
            () => update({ kernel: wrong.turned }),
            /: kernel has shape \[2,3\] but its gradient has shape \[3,2\]/,
          ],
          [() => update({ kernel: wrong.gone }), /: the gradient of kernel is a disposed tensor/],
          [() => update({ kernel: undefined }), /: the gradient of kernel is missing; give a tensor/],
          [() => update({ kernel: null }), /: the gradient of kernel is null; give a tensor/],
          [() => update(undefined), /: grads is missing; give an object of tensors by name/],
          [() => update({}, null), /: state is null; give an object of tensors by name/],
          [() => update({}, state, null), /: info is null; give an object { params, step }/],
          [() => update({}, state, { params, step: 0.5 }), /: step is 0.5; give an integer of at least 0/],
          [
            () => update({}, { velocity: {} }, { params, step: 5 }),
            /: the state has the slot velocity but the optimizer has/,
          ],
          [
            () => optimizer.init(params.kernel as never),
            /: params is a tensor float32 \[2,3\]; give an object of tensors by name/,
          ],
          [() => optimizer.init({ kernel: 'kernel' as never }), /: kernel is "kernel"; give a tensor/],
        ] as [() => unknown, RegExp][]) {
          expect(call).toThrow(message);
        }
        if (Object.keys(state).length > 0) {
          // The state of another model would silently be broadcast.
          const grads = gradientsAt(setting, ['kernel'], 0);
          expect(() => update(grads, smaller)).toThrow(/: .*\[1,3\]/);
          tf.dispose(grads);
        }
      });
      tf.dispose([params, state, wrong.other, wrong.turned, wrong.row]);
    });

    if (joint.has(name)) return;
    it('steps an added or paused parameter as if its gradients were consecutive', async () => {
      const optimizer = make();
      const kernel = () => variables(setting, ['kernel']).kernel!;
      const [alone, mixed] = [{ kernel: kernel() }, { kernel: kernel(), ...variables(setting, ['conv']) }];
      let state = optimizer.init(alone);
      for (let step = 0; step < 3; step++) {
        state = takeStep(optimizer, alone, gradientsAt(setting, ['kernel'], step), state, step);
      }
      const expected = await alone.kernel.data();
      tf.dispose(state);
      let kernelSteps = 0;
      state = optimizer.init(variables(setting, ['conv']));
      for (const [step, has] of [false, false, true, true, false, true].entries()) {
        const grads = gradientsAt(setting, ['conv'], step);
        if (has) Object.assign(grads, gradientsAt(setting, ['kernel'], kernelSteps++));
        state = takeStep(optimizer, mixed, grads, state, step);
      }
      await expectClose(mixed.kernel, expected, { absolute: 1e-7, relative: 1e-6 });
      tf.dispose([alone, mixed, state]);
    });
  });

  describe.each(which === 'rules' ? optimizers : [])('$name', ({ name, setting }) => {
    const rate = (learningRate: number | ((step: number) => number)) =>
      functions[name]!({ learningRate }) as unknown as Optimizer;

    it('follows a schedule: a rate of 0 changes nothing, other rates apply at their steps', async () => {
      const seen: number[] = [];
      const optimizer = rate((step) => {
        seen.push(step);
        return step === 7 ? 0.5 : 0;
      });
      const params = variables(setting, ['kernel']);
      const [state, grads] = [optimizer.init(params), gradientsAt(setting, ['kernel'], 4)];
      const at = (step: number) => optimizer.update(grads, state, { params, step }).updates.kernel!;
      await expectClose(at(3), tf.zeros(setting.shapes.kernel!), { absolute: 0 });
      const constant = rate(0.5).update(grads, state, { params, step: 7 }).updates.kernel!;
      await expectClose(at(7), await constant.data(), { absolute: 0, relative: 0 });
      expect((await constant.data()).some((v) => v !== 0)).toBe(true);
      expect(seen).toEqual([3, 7]);
    });

    it('rejects unknown options and values that are not numbers', () => {
      const call = (options: unknown) => () => functions[name]!(options as object);
      const missing = new RegExp(
        `^${name}: there is no option "lr"; did you mean learningRate\\? The options are `,
      );
      expect(call({ lr: 0.1 })).toThrow(missing);
      expect(call({ learningRate: 0.1, foreach: true })).toThrow(`${name}: there is no option "foreach"; `);
      for (const options of [1e-3, null, [], 'adam']) {
        expect(call(options)).toThrow(new RegExp(`^${name}: options is .*; give a plain object`));
      }
      for (const learningRate of [null, '0.1', [], true, -1, Number.NaN, Number.POSITIVE_INFINITY, {}]) {
        expect(call({ learningRate })).toThrow(
          new RegExp(`^${name}: learningRate is .*; give a finite number`),
        );
      }
      const broken = rate(() => Number.NaN);
      const params = variables(setting, ['kernel']);
      const grads = gradientsAt(setting, ['kernel'], 0);
      expect(() => broken.update(grads, broken.init(params), { params, step: 3 })).toThrow(
        `${name}: learningRate at step 3 is NaN; give a finite number of at least 0`,
      );
    });

    it('makes a parameter NaN where its gradient is NaN, and only there unless it mixes elements', async () => {
      const params = variables(setting, ['kernel']);
      const grads = { kernel: tf.tensor2d([1, Number.NaN, 1, 1, 1, 1], [2, 3]) };
      const optimizer = rate(0.1);
      // ADOPT takes no step at its first gradient.
      const { updates } = optimizer.update(grads, optimizer.init(params), { params, step: 1 });
      expect((await updates.kernel!.data())[1]).toBeNaN();
    });
  });
}

function variables(
  { start, shapes }: Setting,
  names: string[],
  isNamed = false,
): { [name: string]: tf.Variable } {
  const create = (name: string) =>
    tf.variable(tf.tensor(start[name]!, shapes[name]!), true, isNamed ? name : undefined);
  return Object.fromEntries(names.map((name) => [name, tf.tidy(() => create(name))]));
}

/** Copies a state through numbers, as a checkpoint does, and disposes it. */
async function copyState(state: OptimizerState, ranges: Optimizer['ranges']): Promise<OptimizerState> {
  const copy: OptimizerState = {};
  for (const [slot, tensors] of Object.entries(state)) {
    copy[slot] = {};
    for (const [name, tensor] of Object.entries(tensors)) {
      const values = (await tensor.data()) as Float32Array;
      expect([slot, findOutside(values, ranges?.[slot])]).toEqual([slot, undefined]);
      expect(tensor.dtype).toBe('float32');
      copy[slot][name] = tf.tensor(values.slice(), tensor.shape);
    }
  }
  tf.dispose(state);
  return copy;
}

function gradientsAt({ gradients, shapes }: Setting, names: string[], step: number): tf.NamedTensorMap {
  return Object.fromEntries(
    names.map((name) => {
      const size = tf.util.sizeFromShape(shapes[name]!);
      return [name, tf.tensor(gradients[name]!.slice(step * size, (step + 1) * size), shapes[name]!)];
    }),
  );
}

/** Takes one step like a trainer: disposes the gradients and the old state. */
function takeStep(
  optimizer: Optimizer,
  params: { [name: string]: tf.Variable },
  grads: tf.NamedTensorMap,
  state: OptimizerState,
  step: number,
): OptimizerState {
  const result = optimizer.update(grads, state, { params, step });
  applyUpdates(params, result.updates);
  tf.dispose([grads, state]);
  return result.state;
}

function listTensors(containers: tf.TensorContainer[]): tf.Tensor[] {
  return containers.flatMap((container) =>
    container instanceof tf.Tensor
      ? [container]
      : listTensors(Object.values(container as tf.TensorContainerObject)),
  );
}
