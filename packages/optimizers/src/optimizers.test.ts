import { expectClose, expectNoLeaks, golden } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import * as optimizers from './index';
import { clipByGlobalNorm, type Optimizer, type OptimizerState, type Schedule } from './index';

type Values = { [name: string]: number[] };
interface Trajectory {
  optimizer: keyof typeof rules;
  options: { only?: string; schedule?: [keyof typeof schedules, object]; maxNorm?: number };
  /** The parameters after so many steps as `Goldens.kept` says. */
  kept: Values[];
}
interface Goldens {
  shapes: { [name: string]: number[] };
  kept: number[];
  start: Values;
  /** One gradient after the other, [steps, …shape]. */
  gradients: Values;
  trajectories: Trajectory[];
}
const goldens = golden<Goldens>(new URL('../goldens/optimizers.json', import.meta.url));
const { shapes } = goldens;

/** Every rule: the slots of its state, variants of its options, a learning rate at which it converges. */
const rules = {
  sgd: {
    make: (options: object = {}) => optimizers.sgd({ learningRate: 0.1, ...options }),
    variants: [{}, { momentum: 0.9 }, { momentum: 0.9, nesterov: true, weightDecay: 0.1, decoupled: true }],
    slots: ['momentum'],
    learningRate: 0.05,
  },
  rmsProp: {
    make: optimizers.rmsProp,
    variants: [{}, { momentum: 0.9 }, { centered: true, momentum: 0.5, weightDecay: 0.1 }],
    slots: ['square', 'mean', 'momentum'],
    learningRate: 0.05,
  },
  adam: { make: optimizers.adam, variants: [{}], slots: ['mean', 'square'], learningRate: 0.1 },
  adamW: {
    make: optimizers.adamW,
    variants: [{}, { weightDecay: 0.1, only: /kernel/ }],
    slots: ['mean', 'square'],
    learningRate: 0.1,
  },
  muon: {
    make: optimizers.muon,
    variants: [{}, { normalizeWeights: true, weightDecay: 0.1 }, { nesterov: false, scale: 'rms' }],
    slots: ['momentum'],
    learningRate: 0.1,
    onlyMatrices: true,
  },
} satisfies Record<string, Rule>;
interface Rule {
  make: (options?: { learningRate?: number | Schedule }) => Optimizer;
  variants: object[];
  slots: string[];
  learningRate: number;
  onlyMatrices?: boolean;
}

const schedules = {
  cosineDecay: optimizers.cosineDecay,
  stepDecay: optimizers.stepDecay,
  linear: optimizers.linear,
} as { [name: string]: (options: object) => Schedule };

const notRules = [
  'constant stepDecay linear cosineDecay cosineWarmRestarts oneCycle warmup partition clipByGlobalNorm',
  'globalNorm exponentialMovingAverage applyUpdates toTfOptimizer newtonSchulz',
].flatMap((line) => line.split(' '));

it('has every rule in its table, and goldens for each', () => {
  expect([...Object.keys(rules), ...notRules].sort()).toEqual(Object.keys(optimizers).sort());
  expect(new Set(goldens.trajectories.map((t) => t.optimizer))).toEqual(new Set(Object.keys(rules)));
});

describe('trajectories of 20 steps are those of PyTorch in float64', () => {
  const named = goldens.trajectories.map((t) => [`${t.optimizer} ${JSON.stringify(t.options)}`, t] as const);

  it.each(named)(
    '%s',
    async (_, { optimizer: name, options: { only, schedule, maxNorm, ...options }, kept }) => {
      const rule = rules[name].make({
        ...options,
        ...(only && { only: new RegExp(only) }),
        ...(schedule && { learningRate: schedules[schedule[0]]!(schedule[1]) }),
      } as object);
      const optimizer = maxNorm ? clipByGlobalNorm(rule, { maxNorm }) : rule;
      const names = Object.keys(kept[0]!);
      const params = variables(names);
      let state = optimizer.init(params);
      for (let step = 0; step < goldens.kept.at(-1)!; step++) {
        const grads = Object.fromEntries(names.map((n) => [n, gradientAt(n, step)]));
        state = takeStep(optimizer, params, grads, state, step);
        const expected = kept[goldens.kept.indexOf(step + 1)];
        for (const n of expected ? names : []) {
          await expectClose(params[n]!, expected![n]!, {
            absolute: 2e-6,
            relative: 1e-5,
            label: `${n} after step ${step + 1}`,
          });
        }
      }
      tf.dispose([params, state]);
    },
  );
});

const variants = Object.entries(rules as Record<string, Rule>).flatMap(([name, rule]) =>
  rule.variants.map(
    (options) => [`${name} ${JSON.stringify(options)}`, { rule, make: () => rule.make(options) }] as const,
  ),
);

describe.each(variants)('%s', (_, { rule, make }) => {
  const names = Object.keys(shapes).filter((name) => !rule.onlyMatrices || shapes[name]!.length >= 2);

  it('begins with zeros of the shape of every parameter, in its own slots', async () => {
    const params = variables(names);
    const state = make().init(params);
    expect(rule.slots).toEqual(expect.arrayContaining(Object.keys(state)));
    for (const slot of Object.values(state)) {
      expect(Object.keys(slot)).toEqual(names);
      for (const n of names) await expectClose(slot[n]!, tf.zeros(shapes[n]!));
    }
    tf.dispose([params, state]);
  });

  it('leaks nothing over 100 steps', async () => {
    await expectNoLeaks(() => {
      const optimizer = make();
      const params = variables(names);
      let state = optimizer.init(params);
      const before = tf.memory().numTensors;
      for (let step = 0; step < 100; step++) {
        state = takeStep(optimizer, params, gradientsAt(names, step % 20), state, step);
      }
      expect(tf.memory().numTensors).toBe(before);
      tf.dispose([params, state]);
    });
  });

  it('keeps its inputs, and returns new tensors of the shapes of the parameters', async () => {
    const [optimizer, params, grads] = [make(), variables(names), gradientsAt(names, 0)];
    const state = optimizer.init(params);
    const made = optimizer.update(grads, state, { params, step: 0 });
    const given = new Set(tensorsOf([params, grads, state]));
    for (const tensor of given) expect(tensor.isDisposed).toBe(false);
    for (const tensor of tensorsOf([made.updates, made.state])) expect(given.has(tensor)).toBe(false);
    expect(Object.keys(made.state)).toEqual(Object.keys(state));
    for (const map of [made.updates, ...Object.values(made.state)]) {
      for (const n of names) expect(map[n]!.shape).toEqual(shapes[n]);
    }
    for (const n of names) await expectClose(params[n]!, goldens.start[n]!);
    tf.dispose([params, grads, state, made.updates, made.state]);
  });

  it('makes the same steps from the same inputs', async () => {
    const run = async () => {
      const [optimizer, params] = [make(), variables(names)];
      let state = optimizer.init(params);
      for (let step = 0; step < 5; step++) {
        state = takeStep(optimizer, params, gradientsAt(names, step), state, step);
      }
      const values = await Promise.all(names.map((n) => params[n]!.data()));
      tf.dispose([params, state]);
      return values;
    };
    expect(await run()).toEqual(await run());
  });

  it.each([0, 1e-30, -80, 80])('stays finite where all gradients are %d', async (value) => {
    const [optimizer, params] = [make(), variables(names)];
    let state = optimizer.init(params);
    for (let step = 0; step < 5; step++) {
      const grads = Object.fromEntries(names.map((n) => [n, tf.fill(shapes[n]!, value)]));
      state = takeStep(optimizer, params, grads, state, step);
    }
    for (const tensor of tensorsOf([params, state])) {
      expect((await tensor.data()).every(Number.isFinite)).toBe(true);
    }
    tf.dispose([params, state]);
  });

  it('keeps the state of a parameter that has no gradient in a step', async () => {
    const [optimizer, params] = [make(), variables(names)];
    const state = takeStep(optimizer, params, gradientsAt(names, 2), optimizer.init(params), 0);
    const [absent, ...present] = names;
    const grads = gradientsAt(present, 3);
    const made = optimizer.update(grads, state, { params, step: 1 });
    expect(Object.keys(made.updates)).toEqual(present);
    for (const [slot, tensors] of Object.entries(state)) {
      expect(Object.keys(made.state[slot]!)).toEqual(names);
      const before = await tensors[absent!]!.data();
      tensors[absent!]!.dispose();
      await expectClose(made.state[slot]![absent!]!, before, { absolute: 0, relative: 0 });
    }
    tf.dispose([params, grads, state, made.updates, made.state]);
  });

  it('says which gradient has no parameter, no state or another shape', () => {
    const [optimizer, params] = [make(), variables(names)];
    const state = optimizer.init(params);
    const before = tf.memory().numTensors;
    const update = (grads: tf.NamedTensorMap, of = state) => optimizer.update(grads, of, { params, step: 0 });
    expect(() => update({ other: tf.zeros([2, 2]) })).toThrow(
      /: there is a gradient for other but no parameter/,
    );
    if (Object.keys(state).length > 0) {
      expect(() => update(gradientsAt(names, 0), {})).toThrow(
        new RegExp(`: there is a gradient for ${names[0]} but no state of that name; init\\(params\\)`),
      );
    }
    expect(() => update({ kernel: tf.zeros([3, 2]) })).toThrow(
      /: kernel has shape \[2,3\] but its gradient has shape \[3,2\]/,
    );
    // What was made before the error is gone; the three gradients made here are not.
    expect(tf.memory().numTensors - before).toBeLessThanOrEqual(2 + names.length);
    tf.dispose([params, state]);
  });
});

describe.each(Object.entries(rules as Record<string, Rule>))('%s', (name, { make, learningRate }) => {
  it('follows a schedule: a rate of 0 makes no step, another is taken at its step', async () => {
    const seen: number[] = [];
    const optimizer = make({
      learningRate: (step) => {
        seen.push(step);
        return step === 7 ? 0.5 : 0;
      },
    });
    const params = variables(['kernel']);
    const [state, grads] = [optimizer.init(params), gradientsAt(['kernel'], 4)];
    const at = (step: number) => optimizer.update(grads, state, { params, step }).updates.kernel!;
    await expectClose(at(3), tf.zeros(shapes.kernel!), { absolute: 0 });
    const constant = make({ learningRate: 0.5 }).update(grads, state, { params, step: 7 }).updates.kernel!;
    await expectClose(at(7), await constant.data(), { absolute: 0, relative: 0 });
    expect((await constant.data()).some((v) => v !== 0)).toBe(true);
    expect(seen).toEqual([3, 7]);
  });

  it('converges on a convex problem', async () => {
    // ‖X·W − Y‖²/n with Y = X·W*: the smallest loss is 0, at W*.
    const x = tf.tensor2d([1, 0.5, -0.3, -0.2, 1.1, 0.4, 0.3, -0.6, 0.9, 0.8, 0.2, -1], [4, 3]);
    const target = tf.tensor2d([1, -2, 0.5, 1.5, -1, 0.25], [3, 2]);
    const y = tf.matMul(x, target);
    const loss = (w: tf.Tensor) => tf.mean(tf.square(tf.sub(tf.matMul(x, w as tf.Tensor2D), y)));
    const optimizer = make({
      learningRate: optimizers.linear({ start: learningRate * 2, end: learningRate / 50, totalSteps: 300 }),
      ...(name === 'adamW' && { weightDecay: 0 }),
    } as object);
    const params = { w: tf.variable(tf.zeros([3, 2])) };
    let state = optimizer.init(params);
    const [first] = await loss(params.w).data();
    for (let step = 0; step < 300; step++) {
      state = takeStep(optimizer, params, { w: tf.grad(loss)(params.w) }, state, step);
    }
    const [last] = await loss(params.w).data();
    expect(last! / first!).toBeLessThan(1e-3);
    tf.dispose([x, target, y, params, state]);
  });
});

describe('bad options', () => {
  it.each([
    [
      () => optimizers.sgd({ learningRate: 0.1, momentum: 1 }),
      /^sgd: momentum is 1; give a number in \[0, 1\)/,
    ],
    [() => optimizers.sgd({ learningRate: 0.1, nesterov: true }), /^sgd: nesterov is true but momentum is 0/],
    [() => optimizers.sgd({ learningRate: 0.1, weightDecay: -1 }), /^sgd: weightDecay is -1; give a finite/],
    [() => optimizers.rmsProp({ decay: Number.NaN }), /^rmsProp: decay is NaN; give a number in/],
    [() => optimizers.rmsProp({ epsilon: 0 }), /^rmsProp: epsilon is 0; give a finite number above 0/],
    [() => optimizers.adam({ beta1: 1 }), /^adam: beta1 is 1; give a number in/],
    [() => optimizers.adam({ beta2: -0.1 }), /^adam: beta2 is -0.1; give a number in/],
    [() => optimizers.adamW({ epsilon: -1 }), /^adamW: epsilon is -1/],
    [() => optimizers.adamW({ weightDecay: Number.POSITIVE_INFINITY }), /^adamW: weightDecay is Infinity/],
    [
      () => optimizers.muon({ newtonSchulzSteps: 0 }),
      /^muon: newtonSchulzSteps is 0; give an integer of at least 1/,
    ],
    [
      () => optimizers.muon({ scale: 'big' as 'rms' }),
      /^muon: scale is "big"; give 'none', 'aspect' or 'rms'/,
    ],
    [() => stepOf(optimizers.sgd({ learningRate: -1 })), /^sgd: learningRate is -1; give a finite number/],
    [
      () => stepOf(optimizers.adam({ learningRate: () => Number.NaN })),
      /^adam: learningRate is NaN at step 0; give a finite number/,
    ],
    [
      () => stepOf(optimizers.muon(), 'bias'),
      /^muon: bias has shape \[3\] but muon steps along matrices; give it to another optimizer with partition/,
    ],
  ])('says what came and what to do', (call, message) => {
    expect(call).toThrow(message);
  });
});

function variables(names: string[]): { [name: string]: tf.Variable } {
  return Object.fromEntries(
    names.map((name) => [name, tf.tidy(() => tf.variable(tf.tensor(goldens.start[name]!, shapes[name]!)))]),
  );
}

function gradientAt(name: string, step: number): tf.Tensor {
  const size = tf.util.sizeFromShape(shapes[name]!);
  return tf.tensor(goldens.gradients[name]!.slice(step * size, (step + 1) * size), shapes[name]!);
}

function gradientsAt(names: string[], step: number): tf.NamedTensorMap {
  return Object.fromEntries(names.map((name) => [name, gradientAt(name, step)]));
}

/** One step as a trainer takes it; disposes the gradients and the old state. */
function takeStep(
  optimizer: Optimizer,
  params: { [name: string]: tf.Variable },
  grads: tf.NamedTensorMap,
  state: OptimizerState,
  step: number,
): OptimizerState {
  const made = optimizer.update(grads, state, { params, step });
  optimizers.applyUpdates(params, made.updates);
  tf.dispose([grads, state]);
  return made.state;
}

function stepOf(optimizer: Optimizer, name = 'kernel'): void {
  const params = variables([name]);
  optimizer.update(gradientsAt([name], 0), optimizer.init(params), { params, step: 0 });
}

function tensorsOf(containers: tf.TensorContainer[]): tf.Tensor[] {
  return containers.flatMap((container) =>
    container instanceof tf.Tensor
      ? [container]
      : tensorsOf(Object.values(container as tf.TensorContainerObject)),
  );
}
