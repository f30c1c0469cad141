import { batchNorm, block, createModel, dense, sequential } from '@tenfold/layers';
import {
  binaryCrossEntropyWithLogits,
  meanSquaredError,
  softmaxCrossEntropy,
  sparseSoftmaxCrossEntropy,
} from '@tenfold/losses';
import {
  accumulate,
  adamW,
  clipByGlobalNorm,
  exponentialMovingAverage,
  lbfgs,
  lookahead,
  type Optimizer,
  partition,
  sam,
  sgd,
} from '@tenfold/optimizers';
import { expectClose } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { clouds, network, options, trainerOptions, weights } from '../../test/clouds';
import {
  createTrainer,
  DivergenceError,
  type EpochSums,
  fit,
  loadCheckpoint,
  saveCheckpoint,
  train,
} from '../index';

const flat = (values: object) => Object.values(values).flat() as number[];
/** One weight vector w of three with the gradient g of the loss w·g. */
const linear = () => {
  const w = tf.variable(tf.zeros([3]));
  const v = tf.variable(tf.zeros([1]));
  const parameters = () => ({ w, v });
  const apply = (x: tf.Tensor) => tf.tidy(() => tf.add(tf.sum(tf.mul(x, w)), tf.mul(v, 12)));
  const dispose = () => tf.dispose([w, v]);
  return {
    layer: undefined as never,
    params: {},
    parameters,
    trainable: parameters,
    apply,
    predict: apply,
    dispose,
  };
};
const update = async (given: object, xs = [[3, 0, -4]]) => {
  const model = linear();
  const loss = (_: tf.Tensor, predictions: tf.Tensor) => tf.sum(predictions);
  const trainer = createTrainer(model, { loss, optimizer: sgd({ learningRate: 1 }), ...given });
  for (const x of xs) {
    const batch = { xs: tf.tensor2d([x]), ys: tf.zeros([1]) };
    tf.dispose([
      trainer.step(batch) as unknown as tf.TensorContainer,
      batch as unknown as tf.TensorContainer,
    ]);
  }
  const found = await weights(model);
  trainer.dispose();
  model.dispose();
  return found;
};

describe('clip', () => {
  it.each([
    [{ value: 2 }, [-2, 0, 2], -2],
    [{ norm: 1 }, [-0.6, 0, 0.8], -1],
    [{ globalNorm: 13 }, [-3, 0, 4], -12],
    [{ globalNorm: 6.5 }, [-1.5, 0, 2], -6],
    [{ value: 3, norm: 1.5 }, [-1.5 / Math.SQRT2, 0, 1.5 / Math.SQRT2], -1.5],
    [{ norm: 1, globalNorm: Math.SQRT1_2 }, [-0.3, 0, 0.4], -0.5],
  ])('of %j clips the gradients', async (clip, w, v) => {
    const found = await update({ clip });
    await expectClose(flat(found), [...w, v]);
  });

  it('clips the gradients that an optimizer computes again', async () => {
    const optimizer = sam(sgd({ learningRate: 1 }));
    const found = await update({ clip: { value: 3, norm: 1.5 }, optimizer });
    await expectClose(flat(found), [-1.5 / Math.SQRT2, 0, 1.5 / Math.SQRT2, -1.5]);
  });

  it.each([
    [{}, /^createTrainer: clip has no limit; give \{ value \}/],
    [{ norms: 1 }, /^createTrainer: clip: there is no option "norms"; did you mean norm\?/],
    [{ value: -1 }, /^createTrainer: clip: value is -1/],
    [1, /^createTrainer: clip is 1/],
  ])('rejects %j', async (clip, message) => {
    await expect(update({ clip })).rejects.toThrow(message);
  });
});

describe('accumulate', () => {
  it('updates with the mean of several gradients, which are clipped together', async () => {
    const xs = [
      [1, 0, 0],
      [0, 2, 0],
      [0, 0, 3],
      [9, 9, 9],
    ];
    await expectClose(flat(await update({ accumulate: 3 }, xs.slice(0, 2))), [0, 0, 0, 0]);
    await expectClose(flat(await update({ accumulate: 3 }, xs)), [-1 / 3, -2 / 3, -1, -12]);
    await expectClose(
      flat(await update({ accumulate: 2, clip: { value: 1 } }, xs.slice(0, 2))),
      [-0.5, -1, 0, -1],
    );
  });

  it('has the parameters of large batches, and the schedule of the updates', async () => {
    const steps: number[] = [];
    const run = async (batchSize: number, accumulate: number) => {
      const model = createModel(dense({ inFeatures: 2, outFeatures: 2 }), { seed: 1 });
      const learningRate = (step: number) => {
        steps.push(step);
        return 0.1;
      };
      const optimizer = adamW({ learningRate });
      const all = {
        loss: sparseSoftmaxCrossEntropy,
        optimizer,
        accumulate,
        data: clouds(48, batchSize),
        epochs: 2,
      };
      await fit(model, all);
      const found = await weights(model);
      model.dispose();
      return flat(found);
    };
    const large = await run(16, 1);
    steps.length = 0;
    await expectClose(await run(4, 4), large, { absolute: 1e-5 });
    expect([...new Set(steps)]).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('continues from a checkpoint between two updates, and leaves no tensor', async () => {
    const given = { ...trainerOptions, accumulate: 3 };
    const before = tf.memory().numTensors;
    const whole = createTrainer(network(), given);
    const stopsAt = () => ({ onStep: ({ step }: { step: number }) => step < 5 });
    await train(whole, { data: clouds(), epochs: 2, callbacks: [stopsAt] });
    const bytes = await saveCheckpoint(whole);
    await train(whole, { data: clouds(), epochs: 2 });
    const resumed = createTrainer(network(), given);
    loadCheckpoint(resumed, bytes);
    await train(resumed, { data: clouds(), epochs: 2 });
    expect(await weights(resumed.model)).toEqual(await weights(whole.model));
    for (const trainer of [whole, resumed]) {
      trainer.dispose();
      trainer.model.dispose();
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  it('gives the optimizer the gradients in the order of the model, also after a checkpoint', async () => {
    const orders: string[][] = [];
    const inner = sgd({ learningRate: 1 });
    const optimizer: Optimizer = {
      init: (params) => inner.init(params),
      update(grads, state, info) {
        orders.push(Object.keys(grads));
        return inner.update(grads, state, info);
      },
    };
    const layer = () => dense({ inFeatures: 1, outFeatures: 1 });
    const model = createModel(sequential({ z: layer(), b: layer() }));
    const trainer = createTrainer(model, { loss: meanSquaredError, optimizer, accumulate: 2 });
    const take = () => tf.dispose({ ...trainer.step({ xs: tf.ones([1, 1]), ys: tf.ones([1, 1]) }) });
    for (let i = 0; i < 4; i++) {
      if (i === 3) loadCheckpoint(trainer, await saveCheckpoint(trainer));
      take();
    }
    expect(orders[1]).toEqual(Object.keys(model.trainable()));
    expect(orders[0]).toEqual(orders[1]);
    trainer.dispose();
    model.dispose();
  });

  describe.each([false, true])('(on a GPU: %s)', (onGpu) => {
    /** One bias, whose gradient is 1, and the updates of it by steps; a step of NaN is not finite. */
    const create = () => {
      const model = createModel(dense({ inFeatures: 1, outFeatures: 1 }), { seed: 1 });
      const { bias } = model.params;
      const loss = (_: tf.Tensor, p: tf.Tensor) => tf.mean(p);
      const trainer = createTrainer(model, { loss, optimizer: sgd({ learningRate: 1 }), accumulate: 2 });
      return {
        bias: bias!,
        async step(x = 1) {
          const [before] = await bias!.data();
          try {
            tf.dispose({ ...trainer.step({ xs: tf.tensor([[x]]), ys: tf.zeros([1, 1]) }) });
          } catch (error) {
            if (!(error instanceof DivergenceError)) throw error;
          }
          return (await bias!.data())[0]! - before!;
        },
      };
    };
    const within = async (body: () => Promise<void>) => {
      const backend = tf.backend() as { readToGPU?: unknown };
      if (onGpu) backend.readToGPU = () => undefined;
      try {
        await body();
      } finally {
        delete backend.readToGPU;
      }
    };

    it.each<[string, object]>([
      ['the option', { accumulate: 2, optimizer: adamW() }],
      ['the wrapper', { optimizer: accumulate(adamW(), { steps: 2 }) }],
    ])('keeps the state finite when the first update of a parameter is not, by %s', (_, given) =>
      within(async () => {
        const model = createModel(dense({ inFeatures: 1, outFeatures: 1 }), { seed: 1 });
        const kernel = model.params.kernel!;
        // Before the trainer, so that the slots of the kernel start late.
        kernel.trainable = false;
        const trainer = createTrainer(model, { loss: meanSquaredError, ...given } as typeof trainerOptions);
        const take = (x: number) => {
          try {
            tf.dispose({ ...trainer.step({ xs: tf.tensor([[x]]), ys: tf.zeros([1, 1]) }) });
          } catch (error) {
            if (!(error instanceof DivergenceError)) throw error;
          }
        };
        for (const x of [1, 1]) take(x);
        kernel.trainable = true;
        for (const x of [1, Number.NaN]) take(x);
        const [before] = await kernel.data();
        for (const x of [1, 1, 1]) take(x);
        const [after] = await kernel.data();
        expect(after! - before!).not.toBe(0);
        expect(after).not.toBeNaN();
        trainer.dispose();
        model.dispose();
      }),
    );

    it('forgets the gradients of a parameter that is frozen at an update', () =>
      within(async () => {
        const { bias, step } = create();
        await step();
        bias.trainable = false;
        const frozen = [await step(), await step(), await step()];
        bias.trainable = true;
        expect([...frozen, await step(), await step()]).toEqual([0, 0, 0, 0, -1]);
      }));

    it.each([
      ['the first', [Number.NaN, 1, 1, 1, 1, 1]],
      ['the second', [1, Number.NaN, 1, 1, 1, 1]],
      ['both', [Number.NaN, Number.NaN, 1, 1, 1, 1]],
    ])('counts the gradients when %s of two steps is not finite', (_, xs) =>
      within(async () => {
        const { step } = create();
        const updates: number[] = [];
        for (const x of xs) updates.push(await step(x));
        expect(updates.filter((value) => value !== 0).every((value) => value === -1)).toBe(true);
        expect(updates.filter((value) => value !== 0).length).toBeGreaterThanOrEqual(2);
      }),
    );
  });

  it('updates a parameter that has no gradient in the last step, and none without any', async () => {
    const [a, b, c] = [1, 2, 3].map((seed) =>
      createModel(dense({ inFeatures: 1, outFeatures: 1, bias: false }), { seed }),
    );
    const model = createModel(
      block({ a: a!, b: b!, c: c! }, ({ a, b, c }, x) => {
        heads = { a, b, c };
        return x;
      }),
    );
    let heads: { [name: string]: (x: tf.Tensor) => tf.Tensor } = {};
    const turns = ['a', 'b', 'a', 'a', 'b', 'b', 'c', 'a'];
    let turn = 0;
    const loss = (_: tf.Tensor, x: tf.Tensor) => tf.mean(heads[turns[turn++]!]!(x));
    const optimizer = sgd({ learningRate: 1, momentum: 0.5 });
    const trainer = createTrainer(model, { loss, optimizer, accumulate: 2 });
    const updates: number[][] = [];
    const read = async () => (await weights(model)) as { [name: string]: number[] };
    for (let i = 0; i < turns.length; i += 2) {
      const before = await read();
      for (let k = 0; k < 2; k++)
        tf.dispose({ ...trainer.step({ xs: tf.ones([1, 1]), ys: tf.zeros([1, 1]) }) });
      loadCheckpoint(trainer, await saveCheckpoint(trainer));
      const after = await read();
      updates.push(
        ['a', 'b', 'c'].map((name) => after[`${name}.kernel`]![0]! - before[`${name}.kernel`]![0]!),
      );
    }
    // Without a gradient in two steps, a parameter and its momentum stay.
    await expectClose(updates.flat(), [-0.5, -0.5, 0, -1.25, 0, 0, 0, -1.25, 0, -1.125, 0, -0.5], {
      absolute: 1e-6,
    });
  });

  it.each<[string, () => object]>([
    ['the option', () => ({ accumulate: 2, optimizer: adamW() })],
    ['the wrapper', () => ({ optimizer: accumulate(adamW(), { steps: 2 }) })],
    ['it in a group', () => ({ optimizer: partition([], accumulate(adamW(), { steps: 2 })) })],
    [
      'it in an average',
      () => ({ optimizer: exponentialMovingAverage(lookahead(accumulate(adamW(), { steps: 2 }))) }),
    ],
  ])('continues from a checkpoint before the first update of a parameter, by %s', async (_, given) => {
    const run = async (isSaved: boolean) => {
      const make = () => {
        const model = createModel(dense({ inFeatures: 1, outFeatures: 1 }), { seed: 1 });
        model.params.kernel!.trainable = false;
        return createTrainer(model, { loss: meanSquaredError, ...given() } as typeof trainerOptions);
      };
      let trainer = make();
      const take = () => tf.dispose({ ...trainer.step({ xs: tf.ones([1, 1]), ys: tf.zeros([1, 1]) }) });
      for (let i = 0; i < 7; i++) {
        if (i === 2) trainer.model.parameters().kernel!.trainable = true;
        if (i === 3 && isSaved) {
          const bytes = await saveCheckpoint(trainer);
          trainer = make();
          trainer.model.parameters().kernel!.trainable = true;
          loadCheckpoint(trainer, bytes);
        }
        take();
      }
      return weights(trainer.model);
    };
    expect(await run(true)).toEqual(await run(false));
  });

  it('refuses an optimizer that computes gradients at other points, and takes one around accumulate', async () => {
    const batches = [
      [3, 0, -4],
      [1, 0, 0],
    ];
    for (const optimizer of [sam(sgd({ learningRate: 1 })), lbfgs()]) {
      await expect(update({ accumulate: 2, optimizer }, batches)).rejects.toThrow(
        /^(sam|lbfgs): the gradients are accumulated over several steps, but the loss is that of the last one; let an/,
      );
    }
    const optimizer = sam(accumulate(sgd({ learningRate: 1 }), { steps: 2 }));
    await expectClose(flat(await update({ optimizer }, batches)), [-2, 0, 2, -12]);
  });

  it('takes any optimizer, and refuses 0', async () => {
    await expectClose(
      flat(
        await update(
          { accumulate: 2, optimizer: clipByGlobalNorm(sgd({ learningRate: 1 }), { maxNorm: 13 }) },
          [
            [3, 0, -4],
            [3, 0, -4],
          ],
        ),
      ),
      [-3, 0, 4, -12],
    );
    await expect(update({ accumulate: 0 })).rejects.toThrow(/^createTrainer: accumulate is 0/);
  });
});

describe('classWeights', () => {
  const scores = () => createModel(dense({ inFeatures: 2, outFeatures: 3 }), { seed: 2 });
  const xs = tf.tensor2d([
    [1, 2],
    [-1, 0.5],
    [0.3, -2],
  ]);
  const step = async (loss: never, ys: tf.Tensor, classWeights?: number[], model = scores()) => {
    const all = { loss, optimizer: sgd({ learningRate: 0.1 }) };
    const trainer = createTrainer(model, { ...all, ...(classWeights && { classWeights }) });
    const result = trainer.step({ xs, ys });
    const value = (await result.loss.data())[0]!;
    tf.dispose([result.loss, result.predictions]);
    trainer.dispose();
    model.dispose();
    return value;
  };

  it('weight the examples by their class, of indices and of probabilities', async () => {
    const ys = tf.tensor1d([2, 0, 1], 'int32');
    const weighted = (y: tf.Tensor, p: tf.Tensor) =>
      sparseSoftmaxCrossEntropy(y, p, { weights: [3, 1, 0.5] });
    const want = await step(weighted as never, ys);
    expect(await step(sparseSoftmaxCrossEntropy as never, ys, [1, 0.5, 3])).toBeCloseTo(want, 6);
    const oneHot = tf.oneHot(ys, 3);
    expect(await step(softmaxCrossEntropy as never, oneHot, [1, 0.5, 3])).toBeCloseTo(want, 6);
    expect(want).not.toBeCloseTo(await step(sparseSoftmaxCrossEntropy as never, ys), 3);
  });

  it('weight labels of 0 and 1', async () => {
    const ys = tf.tensor2d([[1], [0], [1]]);
    const one = () => createModel(dense({ inFeatures: 2, outFeatures: 1 }), { seed: 2 });
    const weighted = (y: tf.Tensor, p: tf.Tensor) =>
      binaryCrossEntropyWithLogits(y, p, { weights: [[5], [1], [5]] });
    const want = await step(weighted as never, ys, undefined, one());
    expect(await step(binaryCrossEntropyWithLogits as never, ys, [1, 5], one())).toBeCloseTo(want, 6);
  });

  it('report a loss that does not depend on the size of the batches, also when resumed', async () => {
    const model = scores();
    const data = {
      xs: [
        [1, 2],
        [-1, 0.5],
        [0.3, -2],
        [2, 1],
      ],
      ys: [0, 1, 1, 0],
      shuffle: false,
    };
    const still = { init: () => ({}), update: () => ({ updates: {}, state: {} }) };
    const sum = (y: tf.Tensor, p: tf.Tensor, o: object) =>
      sparseSoftmaxCrossEntropy(y, p, { ...o, reduction: 'sum' });
    for (const given of [
      { loss: sparseSoftmaxCrossEntropy },
      { loss: sum as typeof sparseSoftmaxCrossEntropy, reduction: 'sum' as const },
    ]) {
      const run = async (batchSize: number, classWeights: number[]) => {
        const all = { ...given, optimizer: still, classWeights };
        const trainer = createTrainer(model, all);
        const saved: EpochSums[] = [];
        const [report] = await train(trainer, {
          data: { ...data, batchSize },
          epochs: 1,
          onStep: ({ sums }) => void saved.push(JSON.parse(JSON.stringify(sums))),
        });
        // The same when resumed after its first step.
        const resumed = createTrainer(model, all);
        resumed.restore(1, {});
        const resume = saved[0]!;
        const [rest] = await train(resumed, { data: { ...data, batchSize }, epochs: 1, resume });
        expect(rest!.loss).toBe(report!.loss);
        const { weight: _, ...without } = resume;
        await expect(
          train(createTrainer(model, all), { data, epochs: 1, resume: { ...without, steps: 0 } }),
        ).rejects.toThrow(/^train: resume: weight is missing; give/);
        return report!.loss;
      };
      for (const classWeights of [
        [1, 0, 1],
        [3, 0.5, 0],
      ]) {
        const want = await run(4, classWeights);
        expect(want).toBeGreaterThan(0);
        for (const batchSize of [1, 2, 3]) expect(await run(batchSize, classWeights)).toBeCloseTo(want, 6);
      }
      expect(await run(2, [0, 0, 1])).toBe(0);
    }
    model.dispose();
  });

  it('do not weight the validation loss, and refuse what they cannot weight', async () => {
    const model = network();
    const still = { init: () => ({}), update: () => ({ updates: {}, state: {} }) };
    const all = { ...options, optimizer: still, data: clouds(), validation: clouds(), epochs: 1 };
    const [plain] = await fit(model, all);
    const [report] = await fit(model, { ...all, classWeights: [0.1, 0.9] });
    expect(report!.validation).toEqual(plain!.validation);
    const ys = tf.tensor1d([2, 0, 1], 'int32');
    const ignores = (y: tf.Tensor, p: tf.Tensor) => sparseSoftmaxCrossEntropy(y, p);
    await expect(step(ignores as never, ys, [1, 1, 1])).rejects.toThrow(
      /^createTrainer: the loss does not use classWeights/,
    );
    await expect(step(sparseSoftmaxCrossEntropy as never, ys, [1, 1])).rejects.toThrow(
      /^createTrainer: classWeights has 2 weights but there are 3 classes/,
    );
    await expect(
      step(sparseSoftmaxCrossEntropy as never, tf.tensor1d([2, 0, 9], 'int32'), [1, 1, 1]),
    ).rejects.toThrow(/the loss is NaN .*ys has the label 9/);
    await expect(step(meanSquaredError as never, ys, [-1, 1, 1])).rejects.toThrow(/classWeights is/);
    model.dispose();
  });
});

describe('frozen', () => {
  it('keeps the parameters that match, and trains the others', async () => {
    const model = createModel(
      sequential({
        body: dense({ inFeatures: 2, outFeatures: 4 }),
        norm: batchNorm({ channels: 4 }),
        head: dense({ inFeatures: 4, outFeatures: 2 }),
      }),
    );
    const before = (await weights(model)) as { [name: string]: number[] };
    const given = { ...trainerOptions, data: clouds(), epochs: 1 };
    await fit(model, { ...given, frozen: /^(body|norm)/ });
    const after = (await weights(model)) as { [name: string]: number[] };
    const changed = Object.keys(after).filter((name) => after[name]!.join() !== before[name]!.join());
    expect(changed.filter((name) => !name.startsWith('norm.'))).toEqual(['head.kernel', 'head.bias']);
    expect(changed).not.toContain('norm.scale');
    await fit(model, { ...given, frozen: (name: string) => name.startsWith('head') });
    const last = (await weights(model)) as { [name: string]: number[] };
    expect(last['head.kernel']).toEqual(after['head.kernel']);
    expect(last['body.kernel']).not.toEqual(after['body.kernel']);
    // All parameters are trainable again.
    expect(Object.keys(model.trainable())).toContain('body.kernel');
    await expect(fit(model, { ...given, frozen: /tail/ })).rejects.toThrow(
      /^fit: frozen is .*tail.*, which matches no parameter; the parameters are body\.kernel, /,
    );
    await expect(fit(model, { ...given, frozen: 'body' as never })).rejects.toThrow(
      /^fit: frozen is "body"; give a regular/,
    );
    await expect(fit(model, { ...given, frozen: /./ })).rejects.toThrow(/no parameter is trainable/);
    model.dispose();
  });
});

describe('validationSplit', () => {
  const xs = Array.from({ length: 20 }, (_, i) => [i]);
  const model = () => createModel(dense({ inFeatures: 1, outFeatures: 1 }));
  const rest = { loss: meanSquaredError, optimizer: sgd({ learningRate: 1e-4 }), epochs: 2 };

  it('keeps a share of the examples for validation, the same in every epoch', async () => {
    const seen: number[][] = [[], []];
    let at = 0;
    const record = (labels: tf.Tensor) => {
      seen[at]!.push(...(labels.dataSync() as unknown as number[]));
      return tf.scalar(0);
    };
    const one = model();
    const run = async (seed: number) => {
      seen[0] = [];
      seen[1] = [];
      const reports = await fit(one, {
        ...rest,
        data: { xs, ys: xs, batchSize: 8, seed },
        validationSplit: 0.25,
        loss: (y, p) => {
          at = 0;
          record(y);
          return meanSquaredError(y, p);
        },
        validationLoss: (y, p) => {
          at = 1;
          record(y);
          return meanSquaredError(y, p);
        },
      });
      expect(reports[0]!.validation!.examples).toBe(5);
      expect(reports[0]!.steps).toBe(2);
      const sorted = (values: number[]) => [...values].sort((a, b) => a - b);
      const [validation, again] = [seen[1]!.slice(0, 5), seen[1]!.slice(5)];
      expect(again).toEqual(validation);
      expect(sorted([...seen[0]!.slice(0, 15), ...validation])).toEqual(xs.flat());
      expect(sorted(seen[0]!.slice(15))).toEqual(sorted(seen[0]!.slice(0, 15)));
      return validation;
    };
    const first = await run(0);
    expect(first).not.toEqual([15, 16, 17, 18, 19]);
    expect(await run(0)).toEqual(first);
    expect(await run(1)).not.toEqual(first);
    one.dispose();
  });

  it.each([
    [
      { validationSplit: 0.2, validation: { xs, ys: xs } },
      /^fit: validation and validationSplit are both given/,
    ],
    [{ validationSplit: 1 }, /^fit: validationSplit is 1; give a number in \(0, 1\)/],
    [
      { validationSplit: 0.2, data: [{ xs: tf.ones([2, 1]), ys: tf.ones([2, 1]) }] },
      /^fit: data is .* which validationSplit cannot split/,
    ],
    [
      { validationSplit: 0.9, data: { xs: [[1]], ys: [[1]] } },
      /^fit: data has 1 example, of which validationSplit 0.9 leaves none/,
    ],
  ])('rejects %#', async (given, message) => {
    const one = model();
    await expect(fit(one, { ...rest, data: { xs, ys: xs }, ...given } as never)).rejects.toThrow(message);
    one.dispose();
  });
});
