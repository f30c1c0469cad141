import { readdirSync, readFileSync } from 'node:fs';
import { batchNorm, createModel, dense, type Layer, sequential } from '@tenfold/layers';
import {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  crossEntropy,
  hinge,
  type Loss,
  meanSquaredError,
  meanSquaredLogarithmicError,
  poissonNll,
  sigmoidFocal,
  softMargin,
  softmaxCrossEntropy,
  sparseSoftmaxCrossEntropy,
  squaredHinge,
} from '@tenfold/losses';
import * as exported from '@tenfold/optimizers';
import {
  adam,
  adamW,
  clipByGlobalNorm,
  exponentialMovingAverage,
  lbfgs,
  muon,
  type Optimizer,
  partition,
  sam,
  sgd,
  sophia,
} from '@tenfold/optimizers';
import { expectClose } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it, vi } from 'vitest';
import { weights } from '../test/clouds';
import {
  createTrainer,
  DivergenceError,
  fit,
  loadCheckpoint,
  saveCheckpoint,
  step,
  stepState,
  train,
} from './index';

// Every optimizer with a golden file; only what descends, for the other files are of schedules, of products, and of wrappers of an
// optimizer, the base.
const folder = new URL('../../optimizers/goldens/', import.meta.url);
const names = readdirSync(folder)
  .filter((file) => {
    const golden = readFileSync(new URL(file, folder), 'utf8');
    return golden.includes('"rosenbrock"') && !golden.includes('"base"');
  })
  .map((file) => file.replace('.json', ''));
const all = { ...exported } as unknown as { [name: string]: (options: object) => Optimizer };
const optimizers: { [name: string]: Optimizer } = {
  ...Object.fromEntries(names.map((name) => [name, all[name]!({ learningRate: 0.01 })])),
  muon: partition([{ match: /kernel$/, optimizer: muon() }], adamW()),
  momentum: sgd({ learningRate: 0.1, momentum: 0.9 }),
  average: exponentialMovingAverage(adamW()),
  clipped: clipByGlobalNorm(adamW(), { maxNorm: 1 }),
  groups: partition([{ match: /^head/, optimizer: adamW() }], sgd({ learningRate: 0.1, momentum: 0.9 })),
};

// The step size of Prodigy is one for all parameters, and so is the line search of L-BFGS.
const late = Object.keys(optimizers).filter((name) => name !== 'prodigy' && name !== 'lbfgs');
// L-BFGS reads the losses of its line search.
const onGpu = Object.keys(optimizers).filter((name) => name !== 'lbfgs');

it('tries every optimizer that has goldens', () => {
  expect(names.length).toBeGreaterThan(10);
});

const network = () =>
  createModel(
    sequential({
      body: dense({ inFeatures: 2, outFeatures: 4 }),
      norm: batchNorm({ channels: 4 }),
      head: dense({ inFeatures: 4, outFeatures: 1 }),
    }),
    { seed: 1 },
  );
const freeze = (model: ReturnType<typeof network>, frozen: boolean) => {
  for (const [name, variable] of Object.entries(model.parameters())) {
    if (name.startsWith('body')) variable.trainable = !frozen;
  }
};
const values = async (state: { [slot: string]: tf.NamedTensorMap }) =>
  Object.fromEntries(
    await Promise.all(
      Object.entries(state).map(async ([slot, tensors]) => [
        slot,
        await weights({ parameters: () => tensors }),
      ]),
    ),
  );

describe('createTrainer', () => {
  it('takes a gradient step', async () => {
    const model = createModel(dense({ inFeatures: 1, outFeatures: 1, bias: false }), { seed: 1 });
    const [w] = await model.parameters().kernel!.data();
    // A plain gradient step, written out: the contract of an optimizer in six lines.
    const descent = {
      init: () => ({}),
      update: (grads: tf.NamedTensorMap) => ({
        updates: Object.fromEntries(Object.entries(grads).map(([k, g]) => [k, tf.mul(g, -0.1)])),
        state: {},
      }),
    };
    const one = createTrainer(model, { loss: meanSquaredError, optimizer: descent });
    const batch = { xs: tf.tensor([[2]]), ys: tf.tensor([[1]]) };
    const { loss, predictions } = one.step(batch);
    await expectClose(loss, (2 * w! - 1) ** 2, { relative: 1e-5 });
    await expectClose(predictions, [2 * w!], { relative: 1e-5 });
    await expectClose(model.parameters().kernel!, [w! - 0.1 * 2 * (2 * w! - 1) * 2], { relative: 1e-5 });
    tf.dispose([loss, predictions, batch.xs, batch.ys]);
    one.dispose();
    model.dispose();
  });

  it.each(Object.keys(optimizers))(
    'keeps its state, and nothing else, when %s steps within tf.tidy',
    async (name) => {
      const [inside, outside] = [network(), network()];
      const batch = { xs: tf.ones([4, 2]), ys: tf.ones([4, 1]) };
      const options = { loss: meanSquaredError, optimizer: optimizers[name]! };
      const one = tf.tidy(() => createTrainer(inside, options) as never) as ReturnType<typeof createTrainer>;
      const other = createTrainer(outside, options);
      const before = tf.memory().numTensors;
      for (let i = 0; i < 3; i++) tf.tidy(() => void one.step(batch));
      expect(tf.memory().numTensors).toBe(before);
      for (let i = 0; i < 3; i++) tf.dispose({ ...other.step(batch) });
      expect(await weights(inside)).toEqual(await weights(outside));
      expect(await values(one.state)).toEqual(await values(other.state));
      one.dispose();
      other.dispose();
    },
  );

  it.each(Object.keys(optimizers))('freezes and unfreezes parameters with %s', async (name) => {
    const optimizer = optimizers[name]!;
    const batch = {
      xs: tf.tensor([
        [1, 2],
        [3, -1],
        [0, 1],
        [1, 1],
      ]),
      ys: tf.ones([4, 1]),
    };
    const model = network();
    const body = async () => [...(await model.parameters()['body.kernel']!.data())];
    freeze(model, true);
    const trainer = createTrainer(model, { loss: meanSquaredError, optimizer });
    const first = await body();
    tf.dispose({ ...trainer.step(batch) });
    expect(await body()).toEqual(first);
    // It is trained for the first time now, so it gets its state. The first step of ADOPT changes its state alone.
    freeze(model, false);
    for (let i = 0; i < 2; i++) tf.dispose({ ...trainer.step(batch) });
    const second = await body();
    expect(second).not.toEqual(first);
    freeze(model, true);
    for (let i = 0; i < 2; i++) tf.dispose({ ...trainer.step(batch) });
    expect(await body()).toEqual(second);
    loadCheckpoint(trainer, await saveCheckpoint(trainer));
    freeze(model, false);
    tf.dispose({ ...trainer.step(batch) });
    expect(await body()).not.toEqual(second);
    trainer.dispose();
  });

  it('loads a checkpoint with frozen parameters to train all of them', async () => {
    const batch = { xs: tf.ones([4, 2]), ys: tf.ones([4, 1]) };
    const options = { loss: meanSquaredError, optimizer: adamW() };
    const [first, second] = [network(), network()];
    freeze(first, true);
    const saved = createTrainer(first, options);
    tf.dispose({ ...saved.step(batch) });
    const trainer = createTrainer(second, options);
    loadCheckpoint(trainer, await saveCheckpoint(saved));
    expect(Object.keys(trainer.state.mean!)).not.toContain('body.kernel');
    tf.dispose({ ...trainer.step(batch) });
    expect(Object.keys(trainer.state.mean!)).toContain('body.kernel');
  });

  describe.each<[string, { clip?: object; accumulate?: number } | undefined]>([
    ['a trainer', {}],
    ['a trainer that clips and accumulates', { clip: { globalNorm: 1e9 }, accumulate: 2 }],
    ['step', undefined],
  ])('of %s', (_, given) => {
    it.each(late)('gives a parameter that starts late the update of a first step, with %s', async (name) => {
      const batch = {
        xs: tf.tensor([
          [1, 2],
          [3, -1],
        ]),
        ys: tf.ones([2, 1]),
      };
      const update = async (frozenSteps: number) => {
        const model = network();
        const start = Object.entries(model.parameters()).map(([, v]) => [v, tf.clone(v)] as const);
        freeze(model, true);
        const optimizer = optimizers[name]!;
        const trainer = given && createTrainer(model, { loss: meanSquaredError, optimizer, ...given });
        const take = () =>
          trainer
            ? tf.dispose({ ...trainer.step(batch) })
            : tf.dispose(step(model, optimizer, () => meanSquaredError(batch.ys, model.predict(batch.xs))));
        for (let i = 0; i < frozenSteps; i++) take();
        for (const [variable, value] of start) variable.assign(value);
        freeze(model, false);
        for (let i = 0; i < (given?.accumulate ?? 1); i++) take();
        const found = [...(await model.parameters()['body.kernel']!.data())];
        trainer?.dispose();
        if (!trainer) stepState(model, optimizer).dispose();
        model.dispose();
        return found;
      };
      expect(await update(4)).toEqual(await update(0));
    });
  });

  it('gives a parameter of a checkpoint in which it was frozen the update of a first step', async () => {
    const batch = {
      xs: tf.tensor([
        [1, 2],
        [3, -1],
        [0, 1],
        [1, 1],
      ]),
      ys: tf.ones([4, 1]),
    };
    for (const accumulate of [1, 2]) {
      const given = { loss: meanSquaredError, optimizer: adam({ learningRate: 0.01 }), accumulate };
      const [first, second] = [network(), network()];
      freeze(first, true);
      const saved = createTrainer(first, given);
      for (let i = 0; i < 20; i++) tf.dispose({ ...saved.step(batch) });
      const trainer = createTrainer(second, given);
      loadCheckpoint(trainer, await saveCheckpoint(saved));
      const before = await second.parameters()['body.kernel']!.data();
      tf.dispose({ ...trainer.step(batch) });
      // Between two updates, it has a sum of gradients but no slots of Adam yet.
      if (accumulate > 1) {
        loadCheckpoint(trainer, await saveCheckpoint(trainer));
        tf.dispose({ ...trainer.step(batch) });
      }
      const after = await second.parameters()['body.kernel']!.data();
      const sizes = [...after].map((value, i) => Math.abs(value - before[i]!));
      await expectClose(
        sizes,
        sizes.map(() => 0.01),
        { relative: 1e-3 },
      );
    }
  });

  it.each([false, true])(
    'keeps the state as it was when the first step of a parameter fails (on a GPU: %s)',
    async (onGpu) => {
      const backend = tf.backend() as { readToGPU?: unknown };
      if (onGpu) backend.readToGPU = () => undefined;
      try {
        for (const [name, optimizer] of Object.entries(optimizers)) {
          const model = network();
          freeze(model, true);
          const trainer = createTrainer(model, { loss: meanSquaredError, optimizer });
          const ys = tf.ones([2, 1]);
          tf.dispose({ ...trainer.step({ xs: tf.ones([2, 2]), ys }) });
          const [before, tensors] = [await values(trainer.state), tf.memory().numTensors];
          freeze(model, false);
          const xs = tf.fill([2, 2], Number.NaN);
          if (onGpu) tf.dispose({ ...trainer.step({ xs, ys }) });
          else expect(() => trainer.step({ xs, ys }), name).toThrow(DivergenceError);
          tf.dispose(xs);
          const after = await values(trainer.state);
          // On a GPU, where reading would stall, the step counts: the parameters have their first state.
          if (!onGpu) {
            expect(after, name).toEqual(before);
            expect(tf.memory().numTensors, name).toBe(tensors);
          } else expect(JSON.stringify(after), name).not.toMatch(/null/);
          tf.dispose({ ...trainer.step({ xs: tf.ones([2, 2]), ys }) });
          const found = (await weights(model)) as { [name: string]: number[] };
          expect(Object.values(found).flat().every(Number.isFinite), name).toBe(true);
          trainer.dispose();
        }
      } finally {
        delete backend.readToGPU;
      }
    },
  );

  it('throws when everything is frozen', () => {
    const model = createModel(dense({ inFeatures: 2, outFeatures: 1 }));
    for (const variable of Object.values(model.parameters())) variable.trainable = false;
    const trainer = createTrainer(model, { loss: meanSquaredError, optimizer: sgd({ learningRate: 1 }) });
    expect(() => trainer.step({ xs: tf.ones([1, 2]), ys: tf.ones([1, 1]) })).toThrow(
      /no parameter is trainable \(all 2 are frozen/,
    );
  });

  it('leaves no tensor and changes nothing when any part of the step throws', async () => {
    const fail = () => {
      throw new Error('on purpose');
    };
    const late = (_: tf.Tensor, p: tf.Tensor) => {
      tf.square(p);
      return fail();
    };
    const rule = adam();
    const ways = {
      loss: { loss: late, optimizer: rule },
      regularizer: { loss: meanSquaredError, optimizer: rule, regularizer: fail },
      optimizer: { loss: meanSquaredError, optimizer: { init: rule.init, update: fail } },
      schedule: {
        loss: meanSquaredError,
        optimizer: adam({ learningRate: (step) => (step > 0 ? Number.NaN : 1) }),
      },
    };
    for (const [way, options] of Object.entries(ways)) {
      const model = network();
      const trainer = createTrainer(model, options);
      const batch = {
        xs: tf.tensor([
          [1, 2],
          [3, 4],
        ]),
        ys: tf.ones([2, 1]),
      };
      if (way === 'schedule') tf.dispose({ ...trainer.step(batch) });
      const [parameters, state, tensors] = [
        await weights(model),
        await values(trainer.state),
        tf.memory().numTensors,
      ];
      expect(() => trainer.step(batch), way).toThrow();
      expect(tf.memory().numTensors, way).toBe(tensors);
      expect(await weights(model), way).toEqual(parameters);
      expect(await values(trainer.state), way).toEqual(state);
    }
  });

  it.each([
    [
      { loss: 'mse' },
      /^createTrainer: loss is "mse"; give a function of labels and predictions, such as meanSq/,
    ],
    [
      { optimizer: adam },
      /^createTrainer: optimizer is the function adam; give an optimizer .* such as adam\(\)/,
    ],
    [{ optimizer: 'adam' }, /^createTrainer: optimizer is "adam"; give/],
    [
      { optimizer: tf.train.adam() },
      /^createTrainer: optimizer is an AdamOptimizer; give an optimizer of @tenfold/,
    ],
    [{ seed: -1 }, /^createTrainer: seed is -1/],
    [{ regularizer: 0.1 }, /^createTrainer: regularizer is 0.1; give a function/],
    [{ reduction: 'none' }, /^createTrainer: reduction is "none"; give "mean" or "sum"/],
    [{ Regularizer: 1 }, /there is no option "Regularizer"; did you mean regularizer/],
  ])('rejects %j', (wrong, message) => {
    const good = { loss: meanSquaredError, optimizer: adam() };
    expect(() => createTrainer(network(), { ...good, ...(wrong as object) })).toThrow(message);
  });

  it('rejects anything that is not a model', () => {
    const good = { loss: meanSquaredError, optimizer: adam() };
    const disposed = network();
    disposed.dispose();
    const layer = dense({ inFeatures: 1, outFeatures: 1 });
    expect(() => createTrainer(layer as never, good)).toThrow(
      /the model is a layer; give createModel\(layer\)/,
    );
    expect(() => createTrainer(undefined as never, good)).toThrow(
      /the model is undefined; give a model from createModel/,
    );
    expect(() => createTrainer(disposed, good)).toThrow(/the model is disposed/);
    const model = network();
    const trainer = createTrainer(model, good);
    model.dispose();
    expect(() => trainer.step({ xs: tf.ones([1, 2]), ys: tf.ones([1, 1]) })).toThrow(/the model is disposed/);
  });

  it('says what to import when a gradient is missing', () => {
    const kernel = tf.getGradient('Square');
    const model = createModel(dense({ inFeatures: 1, outFeatures: 1 }));
    const loss = (_: tf.Tensor, p: tf.Tensor) => tf.mean(tf.square(p));
    const trainer = createTrainer(model, { loss, optimizer: adam() });
    tf.unregisterGradient('Square');
    try {
      expect(() => trainer.step({ xs: tf.ones([1, 1]), ys: tf.ones([1, 1]) })).toThrow(
        /no gradient is registered for Square; add import '@tenfold\/gradients'/,
      );
    } finally {
      tf.registerGradient(kernel);
    }
  });
});

describe('a step with a loss or gradient that is not finite', () => {
  const good = () => ({
    xs: tf.tensor([
      [1, 2],
      [3, -1],
      [0, 1],
      [1, 1],
    ]),
    ys: tf.ones([4, 1]),
  });
  const bad = () => ({
    xs: tf.tensor([
      [1, 2],
      [Number.NaN, -1],
    ]),
    ys: tf.ones([2, 1]),
  });
  // The value is finite, but the gradient is 1/0 − 1/0 = NaN.
  const badGradient = (y: tf.Tensor, p: tf.Tensor) =>
    tf.add(meanSquaredError(y, p), tf.mean(tf.sqrt(tf.mul(p, 0))));

  it.each(Object.keys(optimizers))('changes nothing with %s', async (name) => {
    const model = network();
    let loss: (y: tf.Tensor, p: tf.Tensor) => tf.Tensor = meanSquaredError;
    const trainer = createTrainer(model, { loss: (y, p) => loss(y, p), optimizer: optimizers[name]! });
    tf.dispose({ ...trainer.step(good()) });
    const [parameters, state] = [await weights(model), await values(trainer.state)];
    const tensors = tf.memory().numTensors;
    const unchanged = async () => {
      expect(await weights(model)).toEqual(parameters);
      expect(await values(trainer.state)).toEqual(state);
      expect(trainer.stepCount).toBe(1);
    };
    const batch = bad();
    expect(() => trainer.step(batch)).toThrow(DivergenceError);
    expect(() => trainer.step(batch)).toThrow(
      /^createTrainer: the loss is NaN at step 2: xs has 1 NaN or infinite value among its 4; leave this example out; the step was not taken$/,
    );
    await unchanged();
    loss = badGradient;
    const other = good();
    expect(() => trainer.step(other)).toThrow(
      /^createTrainer: the gradient of body.kernel is not finite at step 2: lower the learning/,
    );
    await unchanged();
    tf.dispose([batch, other] as unknown as tf.TensorContainer);
    expect(tf.memory().numTensors).toBe(tensors);
    loss = meanSquaredError;
    tf.dispose({ ...trainer.step(good()) });
    expect(trainer.stepCount).toBe(2);
  });

  it.each(onGpu)('changes only the count on a GPU with %s', async (name) => {
    // A backend with readToGPU counts as a GPU, so the results of a step are selected without reading them.
    const backend = tf.backend() as { readToGPU?: unknown };
    const read = vi.spyOn(tf.Tensor.prototype, 'dataSync');
    backend.readToGPU = () => undefined;
    try {
      const [model, same] = [network(), network()];
      let loss: (y: tf.Tensor, p: tf.Tensor) => tf.Tensor = meanSquaredError;
      const trainer = createTrainer(model, { loss: (y, p) => loss(y, p), optimizer: optimizers[name]! });
      tf.dispose({ ...trainer.step(good()) });
      const [parameters, state] = [await weights(model), await values(trainer.state)];
      for (const [batch, next] of [
        [bad(), meanSquaredError],
        [good(), badGradient],
      ] as const) {
        loss = next;
        const result = trainer.step(batch);
        expect((await result.loss.data())[0]).toBeNaN();
        expect(await weights(model)).toEqual(parameters);
        expect(await values(trainer.state)).toEqual(state);
      }
      expect(trainer.stepCount).toBe(3);
      expect(read).not.toHaveBeenCalled();
      delete backend.readToGPU;
      const other = createTrainer(same, { loss: meanSquaredError, optimizer: optimizers[name]! });
      tf.dispose({ ...other.step(good()) });
      expect(await weights(same)).toEqual(parameters);
    } finally {
      delete backend.readToGPU;
      read.mockRestore();
    }
  });

  it.each([false, true])('keeps running statistics finite (on a GPU: %s)', async (onGpu) => {
    const backend = tf.backend() as { readToGPU?: unknown };
    if (onGpu) backend.readToGPU = () => undefined;
    try {
      const model = createModel(batchNorm({ channels: 1 }));
      const trainer = createTrainer(model, { loss: meanSquaredError, optimizer: adamW() });
      const [parameters, state] = [await weights(model), await values(trainer.state)];
      // The squares are infinite; the output is 0.
      const step = () => trainer.step({ xs: tf.tensor([[1e20], [-1e20]]), ys: tf.ones([2, 1]) });
      if (onGpu) expect((await step().loss.data())[0]).toBeNaN();
      else {
        expect(step).toThrow(DivergenceError);
        expect(step).toThrow(
          /^createTrainer: runningVariance is not finite at step 1: the numbers of the batch are too large/,
        );
      }
      expect(await weights(model)).toEqual(parameters);
      expect(await values(trainer.state)).toEqual(state);
    } finally {
      delete backend.readToGPU;
    }
  });

  it('ends training with the state before the step, also on a GPU', async () => {
    for (const onGpu of [false, true]) {
      const backend = tf.backend() as { readToGPU?: unknown };
      if (onGpu) backend.readToGPU = () => undefined;
      try {
        const model = network();
        const trainer = createTrainer(model, { loss: meanSquaredError, optimizer: adamW() });
        const seen: object[] = [];
        const data = () => [good(), good(), bad(), good()];
        const error = await train(trainer, {
          data,
          epochs: 2,
          onStep: async () => void seen.push([await weights(model), await values(trainer.state)]),
        }).catch((error) => error);
        expect(error).toBeInstanceOf(DivergenceError);
        expect(error).toMatchObject({ loss: Number.NaN, step: 3, epoch: 0, reports: [] });
        expect(error.message).toMatch(/the loss is NaN at step 3 \(epoch 0, counted from 0\): xs has 1 NaN/);
        expect(seen.length).toBe(2);
        expect([await weights(model), await values(trainer.state)]).toEqual(seen.at(-1));
        expect(trainer.stepCount).toBe(2);
      } finally {
        delete backend.readToGPU;
      }
    }
  });

  it('names a label that is not a class', async () => {
    const model = createModel(dense({ inFeatures: 1, outFeatures: 3 }));
    const nan = (y: tf.Tensor, p: tf.Tensor) =>
      tf.mul(sparseSoftmaxCrossEntropy(tf.zerosLike(y), p), Number.NaN);
    const run = (ys: number[]) =>
      fit(model, { data: { xs: [[1], [2], [3]], ys }, loss: nan, optimizer: adam(), epochs: 1 });
    await expect(run([1, 2, 3])).rejects.toThrow(
      /ys has the label 3 but the predictions have 3 classes; labels are integers from 0 to 2/,
    );
    await expect(run([0, -1, 1])).rejects.toThrow(/ys has the label -1/);
    await expect(run([0, 1.5, 1])).rejects.toThrow(/ys has the label 1.5/);
    await expect(run([0, Number.NaN, 1])).rejects.toThrow(/ys has the label NaN/);
    // Regression targets are not class labels.
    await expect(run([0.2, 0.3, 0.4])).rejects.toThrow(
      /ys has numbers from 0.2 to 0.4 and the predictions are from .*, for which the loss is undefined; .*use a softmax/,
    );
  });
});

const line = () => createModel(dense({ inFeatures: 2, outFeatures: 2 }), { seed: 1 });
const linear = () => ({ xs: tf.ones([1, 2]), ys: tf.zeros([1, 2]) });
const fresh = () => ({
  mean: { kernel: tf.zeros([2, 2]), bias: tf.zeros([2]) },
  square: { kernel: tf.zeros([2, 2]), bias: tf.zeros([2]) },
});

describe('restore', () => {
  it('takes a step count and a state', async () => {
    const trainer = createTrainer(line(), { loss: meanSquaredError, optimizer: adam() });
    tf.dispose({ ...trainer.step(linear()) });
    trainer.restore(0, {});
    expect([trainer.stepCount, trainer.state]).toEqual([0, {}]);
    tf.dispose({ ...trainer.step(linear()) });
    trainer.restore(0, fresh());
    // A new state may keep tensors of the old one.
    trainer.restore(7, { ...trainer.state });
    expect(await values(trainer.state)).toEqual(await values(fresh()));
    tf.dispose({ ...trainer.step(linear()) });
    expect(trainer.stepCount).toBe(8);
  });

  it.each<[string, unknown, () => unknown, RegExp]>([
    ['a state of null', 1, () => null, /^restore: state is null; give the state of a trainer/],
    ['a slot of null', 1, () => ({ ...fresh(), mean: null }), /^restore: the slot mean is null; give/],
    ['a slot that is a tensor', 1, () => ({ mean: tf.ones([2]) }), /^restore: the slot mean is a tensor/],
    [
      'null for a tensor',
      1,
      () => ({ mean: { kernel: null } }),
      /^restore: mean of kernel is null; give a tensor/,
    ],
    [
      'a number for a tensor',
      1,
      () => ({ mean: { kernel: 5 } }),
      /^restore: mean of kernel is 5; give a tensor/,
    ],
    [
      'a variable',
      1,
      () => ({ mean: { kernel: tf.variable(tf.ones([2, 2])) } }),
      /^restore: mean of kernel is a tf.Variable; give a tensor/,
    ],
    [
      'another shape',
      1,
      () => ({ ...fresh(), mean: { kernel: tf.ones([4]), bias: tf.zeros([2]) } }),
      /^restore: mean of kernel is float32 \[4\] but the optimizer's is float32 \[2,2\]/,
    ],
    [
      'another dtype',
      1,
      () => ({ ...fresh(), mean: { kernel: tf.ones([2, 2], 'int32'), bias: tf.zeros([2]) } }),
      /^restore: mean of kernel is int32/,
    ],
    [
      'a missing slot',
      1,
      () => ({ mean: fresh().mean }),
      /^restore: square of kernel is missing; give the complete state/,
    ],
    [
      'an unknown slot',
      1,
      () => ({ ...fresh(), momentum: fresh().mean }),
      /^restore: the optimizer has no slot momentum; its slots are mean, square/,
    ],
    [
      'an unknown parameter',
      1,
      () => ({ mean: { kernels: tf.ones([2]) } }),
      /^restore: mean has kernels, which is not a parameter of the model; did you mean kernel/,
    ],
    [
      'a negative mean of squares',
      1,
      () => ({ ...fresh(), square: { kernel: tf.zeros([2, 2]), bias: tf.tensor1d([0, -1]) } }),
      /^restore: square of bias has the value -1, which is not from 0 to Infinity; give a state that is not damaged/,
    ],
    [
      'NaN in a mean',
      1,
      () => ({ ...fresh(), mean: { kernel: tf.fill([2, 2], Number.NaN), bias: tf.zeros([2]) } }),
      /^restore: mean of kernel has the value NaN, which is not a number; give/,
    ],
    ['a count of NaN', Number.NaN, () => ({}), /^restore: stepCount is NaN; give an integer of at least 0/],
    ['a count of -1', -1, () => ({}), /^restore: stepCount is -1/],
    ['a count in a string', '3', () => ({}), /^restore: stepCount is "3"/],
    ['a count of 2**32', 2 ** 32, () => ({}), /^restore: stepCount is 4294967296/],
  ])('refuses %s, and changes nothing', async (_, count, state, message) => {
    const model = line();
    const optimizer = adam();
    const trainer = createTrainer(model, { loss: meanSquaredError, optimizer });
    tf.dispose({ ...trainer.step(linear()) });
    tf.dispose(step(model, optimizer, () => tf.sum(model.predict(tf.ones([1, 2])))));
    for (const one of [trainer, stepState(model, optimizer)]) {
      const given = state();
      const [before, tensors] = [await values(one.state), tf.memory().numTensors];
      expect(() => one.restore(count as number, given as never)).toThrow(message);
      expect(tf.memory().numTensors).toBe(tensors);
      expect(one.stepCount).toBe(1);
      expect(await values(one.state)).toEqual(before);
    }
    tf.dispose({ ...trainer.step(linear()) });
  });
});

describe('a disposed trainer', () => {
  it('refuses to step, to be saved and to be restored', async () => {
    const trainer = createTrainer(line(), { loss: meanSquaredError, optimizer: adam() });
    tf.dispose({ ...trainer.step(linear()) });
    const bytes = await saveCheckpoint(trainer);
    trainer.dispose();
    trainer.dispose();
    const batch = linear();
    const tensors = tf.memory().numTensors;
    const message = /the trainer is disposed; create a new one with createTrainer/;
    expect(() => trainer.step(batch)).toThrow(message);
    expect(() => trainer.state).toThrow(message);
    expect(() => trainer.restore(0, {})).toThrow(message);
    await expect(saveCheckpoint(trainer)).rejects.toThrow(message);
    expect(() => loadCheckpoint(trainer, bytes)).toThrow(message);
    await expect(train(trainer, { data: [batch], epochs: 2 })).rejects.toThrow(message);
    expect(tf.memory().numTensors).toBe(tensors);
    expect(trainer.stepCount).toBe(1);
  });

  it.each<[string, number, Optimizer]>([
    ['the loss', 1, adam()],
    ['the second loss of sam', 2, sam(adam())],
    ['the second loss of sophia', 2, sophia()],
    ['the second loss of lbfgs', 2, lbfgs()],
  ])('fails when %s disposes the trainer or the model, and leaves no tensor', (_, at, optimizer) => {
    for (const what of ['trainer', 'model'] as const) {
      const before = tf.memory().numTensors;
      const model = line();
      let calls = 0;
      const loss = (y: tf.Tensor, p: tf.Tensor) => {
        const value = meanSquaredError(y, p);
        if (++calls === at) (what === 'trainer' ? trainer : model).dispose();
        return value;
      };
      const trainer = createTrainer(model, { loss, optimizer });
      const batch = linear();
      expect(() => trainer.step(batch), what).toThrow(new RegExp(`the ${what} (is|was) disposed`));
      trainer.dispose();
      model.dispose();
      tf.dispose({ ...batch });
      expect(tf.memory().numTensors).toBe(before);
    }
  });
});

it.each(['constructor', 'toString', 'valueOf', '__proto__'])('trains a parameter named %s', async (key) => {
  const make = (name: string) =>
    createModel<Layer<{ [name: string]: tf.Variable }>>({
      init: () => Object.fromEntries([[name, tf.variable(tf.ones([2, 2]))]]),
      apply: (params, x) => tf.matMul(x, Object.values(params)[0] as tf.Tensor2D),
    });
  for (const [rule, optimizer] of Object.entries(optimizers)) {
    const results: number[][] = [];
    for (const name of [key, 'weight']) {
      const model = make(name);
      const trainer = createTrainer(model, { loss: meanSquaredError, optimizer });
      for (let i = 0; i < 2; i++) tf.dispose({ ...trainer.step(linear()) });
      loadCheckpoint(trainer, await saveCheckpoint(trainer));
      tf.dispose({ ...trainer.step(linear()) });
      results.push([...(await Object.values(model.parameters())[0]!.data())]);
      trainer.dispose();
      model.dispose();
    }
    expect(results[0], rule).toEqual(results[1]);
  }
});

describe('the ranges of slots', () => {
  it('are those of means of squares and the like, also in wrapped optimizers', () => {
    const nonNegative = Object.entries(optimizers).map(([name, { ranges = {} }]) => [
      name,
      Object.keys(ranges),
    ]);
    expect(Object.fromEntries(nonNegative)).toMatchObject({
      adaBelief: ['error'],
      adadelta: ['square', 'delta'],
      adagrad: ['sum'],
      adam: ['square'],
      adamax: ['largest'],
      average: ['square'],
      clipped: ['square'],
      groups: ['0.square'],
      lion: [],
      momentum: [],
      rmsProp: ['square'],
    });
  });

  it.each(Object.entries(optimizers))('hold for %s after some steps, and are checked', (_, optimizer) => {
    const model = network();
    const trainer = createTrainer(model, { loss: meanSquaredError, optimizer });
    const [xs, ys] = [
      tf.randomNormal([8, 2], 0, 3, 'float32', 1),
      tf.randomNormal([8, 1], 0, 3, 'float32', 2),
    ];
    for (let i = 0; i < 4; i++) tf.dispose({ ...trainer.step({ xs, ys }) });
    trainer.restore(4, { ...trainer.state });
    for (const [slot, tensors] of Object.entries(trainer.state)) {
      const [key, tensor] = Object.entries(tensors)[0]!;
      for (const value of [Number.NaN, ...(optimizer.ranges?.[slot] ? [-1] : [])]) {
        const damaged = { ...trainer.state, [slot]: { ...tensors, [key]: tf.fill(tensor.shape, value) } };
        expect(() => trainer.restore(4, damaged)).toThrow(
          `restore: ${slot} of ${key} has the value ${value}`,
        );
      }
    }
    trainer.dispose();
    model.dispose();
  });
});

describe('a loss outside of its domain', () => {
  const xs = [[1], [2], [3]];
  const run = (loss: Loss, ys: number[][], bias = 0) => {
    const model = createModel(dense({ inFeatures: 1, outFeatures: ys[0]!.length }), { seed: 1 });
    model.params.bias!.assign(tf.fill([ys[0]!.length], bias));
    return fit(model, {
      data: { xs, ys, shuffle: false },
      loss,
      optimizer: sgd({ learningRate: 0 }),
      epochs: 1,
    });
  };

  it.each<[string, Loss, number[][], number, RegExp]>([
    [
      'hinge',
      hinge,
      [[1], [0], [1]],
      0,
      /: ys has the label 0; the labels of hinge are −1 and 1; convert 0 and 1 by 2·y − 1; the step/,
    ],
    ['squaredHinge', squaredHinge, [[1], [0], [1]], 0, /the labels of squaredHinge are −1 and 1/],
    ['softMargin', softMargin, [[1], [0], [1]], 0, /the labels of softMargin are −1 and 1/],
    [
      'poissonNll',
      poissonNll,
      [[1], [-2], [1]],
      0,
      /: ys has the label -2; the labels of poissonNll are numbers of at least 0; the step/,
    ],
    [
      'meanSquaredLogarithmicError',
      meanSquaredLogarithmicError,
      [[1], [2], [1]],
      -50,
      /: the model predicts -\d.*; the predictions of meanSquaredLogarithmicError are numbers above −1; the step/,
    ],
    [
      'meanSquaredLogarithmicError, labels',
      meanSquaredLogarithmicError,
      [[1], [-2], [1]],
      5,
      /ys has the label -2; the labels of meanSquaredLogarithmicError are numbers above −1/,
    ],
    [
      'binaryCrossEntropy',
      binaryCrossEntropy,
      [[1], [0], [1]],
      50,
      /the predictions of binaryCrossEntropy are probabilities in \[0, 1\]; for logits use binaryCrossEntropyWithLogits/,
    ],
    [
      'binaryCrossEntropyWithLogits',
      binaryCrossEntropyWithLogits,
      [[1], [3], [1]],
      0,
      /ys has the label 3; the labels of binaryCrossEntropyWithLogits are probabilities in \[0, 1\]; the step/,
    ],
    [
      'sigmoidFocal',
      sigmoidFocal,
      [[1], [3], [1]],
      0,
      /the labels of sigmoidFocal are probabilities in \[0, 1\]/,
    ],
    [
      'crossEntropy',
      crossEntropy,
      [
        [1, 0],
        [0, 1],
        [1, 0],
      ],
      50,
      /the predictions of crossEntropy are probabilities in \[0, 1\]; for logits use softmaxCrossEntropy/,
    ],
    [
      'softmaxCrossEntropy',
      softmaxCrossEntropy,
      [
        [1, 0],
        [0, -1],
        [1, 0],
      ],
      0,
      /ys has the label -1; the labels of softmaxCrossEntropy are probabilities/,
    ],
  ])('is explained by the domain of %s', async (_, loss, ys, bias, message) => {
    await expect(run(loss, ys, bias)).rejects.toThrow(message);
  });

  it('is explained by a weight', async () => {
    const model = createModel(dense({ inFeatures: 1, outFeatures: 1 }));
    const ys = { labels: [[1], [2], [3]], weights: [1, -0.5, 1] };
    const loss = ({ labels, weights }: { labels: tf.Tensor; weights: tf.Tensor }, p: tf.Tensor) =>
      meanSquaredError(labels, p, { weights });
    await expect(
      fit(model, { data: { xs, ys }, loss: loss as never, optimizer: adam(), epochs: 1 }),
    ).rejects.toThrow(/: ys\.weights has the weight -0\.5; give weights of at least 0; the step/);
  });
});
