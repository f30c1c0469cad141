import { expectClose, expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import {
  accumulate,
  adam,
  adamW,
  clipByGlobalNorm,
  exponentialMovingAverage,
  linearDecay,
  muon,
  partition,
  perParameter,
  sgd,
  toTfOptimizer,
} from './index';

const x = tf.tensor2d([1, 0.5, -0.3, -0.2, 1.1, 0.4, 0.3, -0.6, 0.9, 0.8, 0.2, -1], [4, 3]);
const y = tf.tensor2d([0.5, -1, 2, 1], [4, 1]);
const computeLoss = (w: tf.Variable) =>
  tf.mean(tf.square(tf.sub(tf.matMul(x, w as tf.Tensor2D), y))) as tf.Scalar;
const start = (name?: string) => tf.tidy(() => tf.variable(tf.tensor2d([[0.5], [1], [-1]]), true, name));
const weighed = () =>
  partition(
    [{ match: /kernel$/, optimizer: muon() }],
    exponentialMovingAverage(adam({ learningRate: 0.05 })),
  );

describe('minimize and applyGradients', () => {
  it.each([
    ['sgd', () => toTfOptimizer(sgd({ learningRate: 0.1 })), () => tf.train.sgd(0.1)],
    [
      'momentum',
      () => toTfOptimizer(sgd({ learningRate: 0.1, momentum: 0.9 })),
      () => tf.train.momentum(0.1, 0.9),
    ],
    [
      'adam',
      () => toTfOptimizer(adam({ learningRate: 0.1, epsilon: 1e-7 })),
      () => tf.train.adam(0.1, 0.9, 0.999, 1e-7),
    ],
  ])('%s takes the same steps as tf.train', async (_, ours, theirs) => {
    const [w, v] = [start(), start()];
    const [one, other] = [ours(), theirs()];
    for (let i = 0; i < 10; i++) {
      one.minimize(() => computeLoss(w), false, [w]);
      other.minimize(() => computeLoss(v), false, [v]);
    }
    await expectClose(w, await v.data(), { absolute: 1e-5, relative: 1e-5 });
    expect(one.iterations).toBe(10);
    tf.dispose([w, v]);
    one.dispose();
  });

  it('finds all trainable variables, and returns the loss on request', async () => {
    const w = start();
    const optimizer = toTfOptimizer(sgd({ learningRate: 0.1 }));
    const before = computeLoss(w);
    const cost = optimizer.minimize(() => computeLoss(w), true)!;
    await expectClose(cost, before);
    expect((await computeLoss(w).data())[0]).toBeLessThan((await cost.data())[0]!);
    w.dispose();
  });

  it('accepts gradients as a map or an array, and skips variables without one', async () => {
    const [w, v, untouched] = [start('map/w'), start('array/w'), start('untouched/w')];
    const [one, other] = [toTfOptimizer(adam()), toTfOptimizer(adam())];
    const gradient = tf.fill([3, 1], 0.25);
    one.applyGradients({ 'map/w': gradient });
    const none = null as unknown as tf.Tensor;
    other.applyGradients([
      { name: 'untouched/w', tensor: none },
      { name: 'array/w', tensor: gradient },
    ]);
    await expectClose(w, v, { absolute: 0, relative: 0 });
    await expectClose(untouched, [0.5, 1, -1]);
    expect(gradient.isDisposed).toBe(false);
    tf.dispose([w, v, untouched]);
    one.dispose();
    other.dispose();
  });

  it('leaks nothing, also within tidy, and dispose frees the state', async () => {
    await expectNoLeaks(() => {
      const w = start();
      const optimizer = toTfOptimizer(clipByGlobalNorm(adam(), { maxNorm: 1 }));
      optimizer.minimize(() => computeLoss(w), false, [w]);
      const after = tf.memory().numTensors;
      for (let i = 0; i < 20; i++) tf.tidy(() => void optimizer.minimize(() => computeLoss(w), false, [w]));
      expect(tf.memory().numTensors).toBe(after);
      optimizer.dispose();
      return w;
    });
  });

  it('keeps the state of paused variables, and starts that of added ones', async () => {
    const [a, b, alone] = [start(), start(), start()];
    const optimizer = toTfOptimizer(exponentialMovingAverage(adam({ learningRate: 0.1 })));
    const reference = toTfOptimizer(adam({ learningRate: 0.1 }));
    optimizer.minimize(() => computeLoss(a), false, [a]);
    optimizer.minimize(() => computeLoss(b), false, [b]);
    optimizer.minimize(() => computeLoss(a), false, [a]);
    expect(optimizer.iterations).toBe(3);
    // The same three gradients by hand: b's step in between changes the count of steps only.
    reference.minimize(() => computeLoss(alone), false, [alone]);
    const c = start();
    reference.minimize(() => computeLoss(c), false, [c]);
    reference.minimize(() => computeLoss(alone), false, [alone]);
    await expectClose(a, alone, { absolute: 0, relative: 0 });
    const names = (await optimizer.getWeights()).map(({ name }) => name);
    expect(names).toEqual([
      'iter',
      `${a.name}/mean`,
      `${b.name}/mean`,
      `${a.name}/square`,
      `${b.name}/square`,
      `${a.name}/average`,
      `${b.name}/average`,
      // Steps that each of them missed, for its bias correction.
      `${a.name}/missed`,
      `${b.name}/missed`,
    ]);
    tf.dispose([a, b, c, alone]);
    optimizer.dispose();
    reference.dispose();
  });

  it('starts with new state for a variable with the name of a disposed one', async () => {
    const optimizer = toTfOptimizer(exponentialMovingAverage(adam({ learningRate: 0.1 })));
    const first = start('reused/w');
    optimizer.minimize(() => computeLoss(first), false, [first]);
    first.dispose();
    const other = tf.tidy(() => tf.variable(tf.ones([2]), true, 'reused/w'));
    optimizer.minimize(() => tf.sum(tf.square(other)) as tf.Scalar, false, [other]);
    // The first step of Adam is the rate, at the first gradient of this variable.
    await expectClose(other, [0.9, 0.9], { absolute: 1e-5 });
    other.dispose();
    optimizer.dispose();
  });

  it('continues after one of its variables is disposed', async () => {
    const optimizer = toTfOptimizer(
      partition([], exponentialMovingAverage(sgd({ learningRate: 0.1, momentum: 0.5 }))),
    );
    const [first, second] = [start('gone/w'), start('stays/w')];
    optimizer.minimize(() => computeLoss(first), false, [first]);
    first.dispose();
    optimizer.minimize(() => computeLoss(second), false, [second]);
    optimizer.minimize(() => computeLoss(second), false, [second]);
    expect((await computeLoss(second).data())[0]).toBeLessThan(3);
    second.dispose();
    optimizer.dispose();
  });

  it('passes the loss of minimize to rules that use it', async () => {
    const values: (tf.Tensor | undefined)[] = [];
    const optimizer = toTfOptimizer(
      perParameter({
        name: 'spy',
        learningRate: 0.1,
        rule({ gradient, value }) {
          values.push(value && tf.keep(tf.clone(value)));
          return { direction: gradient, slots: {} };
        },
      }),
    );
    const w = start();
    const [before] = await computeLoss(w).data();
    optimizer.minimize(() => computeLoss(w), false, [w]);
    optimizer.applyGradients({ [w.name]: tf.ones([3, 1]) });
    expect(values).toHaveLength(2);
    expect(values[1]).toBeUndefined();
    expect([...(await values[0]!.data())]).toEqual([before]);
    tf.dispose(values[0]!);
    w.dispose();
  });

  it('rejects anything that is not an optimizer, and unknown options', () => {
    expect(() => toTfOptimizer(adam as never)).toThrow(
      /^toTfOptimizer: optimizer is the function adam; give/,
    );
    expect(() => toTfOptimizer(adam(), { nam: 'x' } as never)).toThrow(/no option "nam"; did you mean name/);
  });

  it('follows a schedule with its iterations', async () => {
    const w = start();
    const optimizer = toTfOptimizer(sgd({ learningRate: linearDecay({ start: 1, totalSteps: 2 }) }));
    const gradients = { [w.name]: tf.ones([3, 1]) };
    const values: number[] = [];
    for (let i = 0; i < 3; i++) {
      optimizer.applyGradients(gradients);
      values.push((await w.data())[0]!);
    }
    await expectClose(values, [-0.5, -1, -1]);
    w.dispose();
  });

  it('names a gradient without a variable', () => {
    expect(() => toTfOptimizer(adam()).applyGradients({ nobody: tf.scalar(1) })).toThrow(
      /^toTfOptimizer: there is a gradient for nobody but no variable of that name/,
    );
  });
});

describe('getWeights and setWeights', () => {
  const variables = (prefix: string) => [start(`${prefix}/kernel`), start(`${prefix}/bias`)] as const;
  const loss =
    ([kernel, bias]: readonly [tf.Variable, tf.Variable]) =>
    () =>
      tf.add(computeLoss(kernel), tf.mul(computeLoss(bias), 0.5)) as tf.Scalar;

  it.each(['the same names', 'other names'])('continue a run exactly, under %s', async (names) => {
    const [w, first] = [variables(`run ${names}`), toTfOptimizer(weighed())];
    for (let i = 0; i < 4; i++) first.minimize(loss(w), false, [...w]);
    const saved = (await first.getWeights()).map(({ name, tensor }) => ({ name, tensor: tf.clone(tensor) }));
    expect(saved.map(({ name }) => name)).toEqual([
      'iter',
      `run ${names}/kernel/0.momentum`,
      `run ${names}/bias/rest.mean`,
      `run ${names}/bias/rest.square`,
      `run ${names}/bias/rest.average`,
    ]);
    const values = await Promise.all(w.map((v) => v.data()));
    for (let i = 0; i < 3; i++) first.minimize(loss(w), false, [...w]);
    const expected = await Promise.all(w.map((v) => v.data()));

    const again = names === 'the same names' ? w : variables('run again');
    again.forEach((v, i) => void v.assign(tf.tensor(values[i]!, v.shape)));
    const second = toTfOptimizer(weighed());
    await second.setWeights(saved);
    expect(second.iterations).toBe(4);
    tf.dispose(saved.map(({ tensor }) => tensor)); // as loadLayersModel does
    for (let i = 0; i < 3; i++) second.minimize(loss(again), false, [...again]);
    for (const [i, v] of again.entries()) await expectClose(v, expected[i]!, { absolute: 0, relative: 0 });
    expect(second.iterations).toBe(7);
    tf.dispose([[...w], [...again]]);
    first.dispose();
    second.dispose();
  });

  it('reject the state of another optimizer or of other parameters', async () => {
    const w = start('refused/kernel');
    const gradients = { 'refused/kernel': tf.ones([3, 1]) };
    const optimizer = toTfOptimizer(sgd({ learningRate: 1, momentum: 0.5 }));
    await optimizer.setWeights([
      { name: 'iter', tensor: tf.scalar(1, 'int32') },
      { name: 'a/mean', tensor: tf.zeros([3, 1]) },
    ]);
    expect(() => optimizer.applyGradients(gradients)).toThrow(
      /^setWeights: the optimizer has no slot mean, only momentum; give the weights of an optimizer of the same kind/,
    );
    await optimizer.setWeights([
      { name: 'iter', tensor: tf.scalar(1, 'int32') },
      { name: 'a/momentum', tensor: tf.zeros([2, 1]) },
    ]);
    expect(() => optimizer.applyGradients(gradients)).toThrow(
      /^setWeights: momentum has the state of a \[2,1\] but the parameters are refused\/kernel \[3,1\]/,
    );
    w.dispose();
  });
});

describe('names that objects inherit', () => {
  const inherited = ['constructor', '__proto__', 'toString', 'hasOwnProperty'];

  it.each(inherited)('%s is not the name of a variable', (name) => {
    const optimizer = toTfOptimizer(adam());
    for (const gradients of [[{ name, tensor: tf.scalar(1) }], Object.fromEntries([[name, tf.scalar(1)]])]) {
      expect(() => optimizer.applyGradients(gradients)).toThrow(
        `toTfOptimizer: there is a gradient for ${name} but no variable of that name`,
      );
    }
    optimizer.dispose();
  });

  it.each(inherited)('%s is an unknown slot in weights, and the name of a parameter', async (name) => {
    const w = start();
    const optimizer = toTfOptimizer(adam());
    const iter = { name: 'iter', tensor: tf.scalar(1, 'int32') };
    await optimizer.setWeights([iter, { name: `w/${name}`, tensor: tf.zeros([3, 1]) }]);
    expect(Object.hasOwn(Object.prototype, 'w') || Object.hasOwn(Object, 'w')).toBe(false);
    expect((await optimizer.getWeights()).map((weight) => weight.name)).toEqual(['iter', `w/${name}`]);
    const gradients = { [w.name]: tf.ones([3, 1]) };
    expect(() => optimizer.applyGradients(gradients)).toThrow(
      `setWeights: the optimizer has no slot ${name}, only mean, square`,
    );
    const slots = ['mean', 'square'].map((slot) => ({ name: `${name}/${slot}`, tensor: tf.zeros([3, 1]) }));
    await optimizer.setWeights([iter, ...slots]);
    optimizer.applyGradients(gradients);
    expect((await optimizer.getWeights()).map((weight) => weight.name)).toEqual([
      'iter',
      `${w.name}/mean`,
      `${w.name}/square`,
    ]);
    optimizer.dispose();
    w.dispose();
  });
});

describe('damaged weights', () => {
  const weight = (name: string, tensor: tf.Tensor) => ({ name, tensor });
  const iter = (step = 3) => weight('iter', tf.scalar(step));

  it.each<[string, () => unknown, RegExp]>([
    ['none', () => [], /^setWeights: weights is \[\]; give the result of getWeights/],
    ['undefined', () => undefined, /^setWeights: weights is undefined; give/],
    ['no tensors', () => [iter(), { name: 'w/mean' }], /^setWeights: weights is an array of 2; give/],
    ['a step of NaN', () => [iter(Number.NaN)], /^setWeights: the number of steps, in iter, is NaN; give/],
    ['half a step', () => [iter(0.5)], /^setWeights: the number of steps, in iter, is 0.5/],
    ['a list of steps', () => [weight('iter', tf.ones([2]))], /in iter, is a tensor float32 \[2\]/],
    [
      'a negative mean of squares',
      () => [iter(), weight('w/square', tf.tensor1d([1, -2]))],
      /^setWeights: square of w has the value -2; give weights that are from 0 to Infinity, as getWeights/,
    ],
    [
      'NaN in a mean',
      () => [iter(), weight('w/mean', tf.tensor1d([Number.NaN]))],
      /^setWeights: mean of w has the value NaN; give weights that are numbers, not NaN/,
    ],
    [
      'more missed steps than steps',
      () => [iter(), weight('w/missed', tf.scalar(4))],
      /^setWeights: missed of w has the value 4; give weights that are from 0 to 3/,
    ],
  ])('of %s are refused, and nothing changes', async (_, make, message) => {
    const w = start();
    const optimizer = toTfOptimizer(adam());
    optimizer.applyGradients({ [w.name]: tf.ones([3, 1]) });
    const before = await optimizer.getWeights();
    await expect(optimizer.setWeights(make() as never)).rejects.toThrow(message);
    expect(optimizer.iterations).toBe(1);
    expect((await optimizer.getWeights()).slice(1)).toEqual(before.slice(1));
    optimizer.dispose();
    w.dispose();
  });
});

describe('tfjs-layers', () => {
  const xs = tf.tensor2d(
    Array.from({ length: 64 }, (_, i) => Math.sin(i * 1.7)),
    [32, 2],
  );
  const ys = tf.sub(tf.mul(tf.slice(xs, [0, 0], [32, 1]), 2), tf.slice(xs, [0, 1], [32, 1]));
  const createModel = () =>
    tfl.sequential({
      layers: [
        tfl.layers.dense({
          units: 8,
          inputShape: [2],
          activation: 'tanh',
          kernelInitializer: tfl.initializers.glorotUniform({ seed: 1 }),
        }),
        tfl.layers.dense({ units: 1, kernelInitializer: tfl.initializers.glorotUniform({ seed: 2 }) }),
      ],
    });
  const options = { epochs: 10, batchSize: 8, shuffle: false, verbose: 0 } as const;
  // The variables of a loaded model are named kernel_1 while its original exists.
  const make = () =>
    clipByGlobalNorm(
      partition(
        [{ match: /kernel(_\d+)?$/, optimizer: muon({ learningRate: 0.05 }) }],
        adamW({ learningRate: 0.02 }),
      ),
      { maxNorm: 5 },
    );

  it('compiles and fits with it', async () => {
    const model = createModel();
    const optimizer = toTfOptimizer(make());
    model.compile({ optimizer, loss: 'meanSquaredError' });
    const { history } = await model.fit(xs, ys, options);
    const losses = history.loss as number[];
    expect(losses.at(-1)! / losses[0]!).toBeLessThan(0.1);
    expect(optimizer.iterations).toBe(40);
    const names = (await optimizer.getWeights()).map(({ name }) => name);
    expect(names).toEqual([
      'iter',
      ...model.trainableWeights.filter((w) => w.name.endsWith('kernel')).map((w) => `${w.name}/0.momentum`),
      ...['mean', 'square'].flatMap((slot) =>
        model.trainableWeights.filter((w) => w.name.endsWith('bias')).map((w) => `${w.name}/rest.${slot}`),
      ),
    ]);
    optimizer.dispose();
    model.dispose();
  });

  it('saves a model with its optimizer, and the loaded one continues exactly', async () => {
    const model = createModel();
    model.compile({ optimizer: toTfOptimizer(make(), { name: 'clipped muon' }), loss: 'meanSquaredError' });
    await model.fit(xs, ys, options);
    let artifacts: tf.io.ModelArtifacts | undefined;
    const handler = tf.io.withSaveHandler(async (given) => {
      artifacts = given;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    });
    await model.save(handler, { includeOptimizer: true });
    const loaded = await tfl.loadLayersModel(tf.io.fromMemory(artifacts!));
    const optimizer = (loaded as tfl.Sequential).optimizer;
    expect(optimizer.getClassName()).toBe('clipped muon');
    expect(optimizer.iterations).toBe(40);
    const [one, other] = [await model.fit(xs, ys, options), await loaded.fit(xs, ys, options)];
    await expectClose(other.history.loss as number[], one.history.loss as number[], {
      absolute: 0,
      relative: 0,
    });
    model.dispose();
    loaded.dispose();
  });
});

it('leaves no tensor when the optimizer throws', () => {
  const w = tf.tidy(() => tf.variable(tf.ones([2])));
  const loss = () => tf.sum(w) as tf.Scalar;
  const twice = exponentialMovingAverage(exponentialMovingAverage(adam()));
  const optimizer = toTfOptimizer(twice);
  const before = tf.memory().numTensors;
  for (const returnCost of [false, true]) {
    expect(() => optimizer.minimize(loss, returnCost)).toThrow(/wrap it only once/);
  }
  expect(tf.memory().numTensors).toBe(before);
  const other = toTfOptimizer(adam());
  expect(other.minimize(loss)).toBeNull();
  const cost = other.minimize(loss, true, [w])!;
  expect(cost.isDisposed).toBe(false);
  other.dispose();
  tf.dispose([w, cost]);
});

it('restores a state in which a parameter has a sum of gradients alone', async () => {
  const create = () => toTfOptimizer(accumulate(exponentialMovingAverage(adam()), { steps: 2 }));
  const run = async (isSaved: boolean) => {
    const [w, c] = ['w', 'c'].map((name) => tf.tidy(() => tf.variable(tf.ones([2]), true, name))) as [
      tf.Variable,
      tf.Variable,
    ];
    let optimizer = create();
    const first = () => tf.sum(tf.square(w)) as tf.Scalar;
    const both = () => tf.sum(tf.square(tf.mul(w, c))) as tf.Scalar;
    for (const loss of [first, first, both]) optimizer.minimize(loss);
    if (isSaved) {
      const weights = await optimizer.getWeights();
      const other = create();
      await other.setWeights(weights);
      optimizer.dispose();
      optimizer = other;
    }
    for (let i = 0; i < 3; i++) optimizer.minimize(both);
    const values = [...(await w.data()), ...(await c.data())];
    optimizer.dispose();
    tf.dispose([w, c]);
    return values;
  };
  expect(await run(true)).toEqual(await run(false));
});
