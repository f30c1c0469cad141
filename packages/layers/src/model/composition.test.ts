import { relu } from '@tenfold/activations';
import { expectClose, expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  assignParameters,
  batchNorm,
  bidirectional,
  block,
  createModel,
  dense,
  dropout,
  freeze,
  glorotUniform,
  gru,
  heNormal,
  type Layer,
  type LayerLike,
  maxPool2d,
  normal,
  ones,
  sequential,
} from '../index';

const square = (n = 2) => dense({ inFeatures: n, outFeatures: n });

describe('sequential', () => {
  it('accepts the same activation twice in an array', async () => {
    const double = (x: tf.Tensor) => tf.mul(x, 2);
    const model = createModel(sequential([double, (x) => tf.add(x, 1), double]));
    await expectClose(model.predict(tf.tensor([1])), [6]);
  });

  it.each<[() => unknown, RegExp]>([
    [
      () => sequential({ 2: square(), 1: square() }),
      /^sequential: the name "1" is an integer, which JavaScript moves to/,
    ],
    [() => block({ 0: square() }, (_, x) => x), /^block: the name "0" is an integer/],
    [() => sequential({ 'a.b': square() }), /^sequential: the name "a.b" contains a dot/],
    [() => sequential({ '': square() }), /^sequential: the name "" is empty/],
    [() => sequential({ a: 3 as unknown as Layer }), /^sequential: "a" is 3; give a layer such as dense/],
    [() => sequential([undefined as unknown as Layer]), /^sequential: "0" is undefined; give a layer/],
    [() => sequential(3 as unknown as Layer[]), /^sequential: layers is 3; give an array or a plain object/],
    [
      () => sequential(...([square(), relu] as unknown as [LayerLike[]])),
      /^sequential: layers is one layer, not a list; give an array, such as \[dense\(\{ … \}\), relu\]/,
    ],
    [() => sequential(square() as unknown as Layer[]), /^sequential: layers is one layer, not a list/],
    [() => sequential(relu as unknown as Layer[]), /^sequential: layers is one layer, not a list/],
    [
      () => sequential(createModel(square()) as unknown as Layer[]),
      /^sequential: layers is one layer, not a list/,
    ],
    [
      () => sequential(...([[square()], relu] as unknown as [LayerLike[]])),
      /^sequential: it takes one argument, but there are 2; give one array of all layers/,
    ],
    [
      () => block(square() as never, (_, x) => x),
      /^block: layers is one layer, without a name; give an object, such as \{ name: dense\(\{ … \}\) \}/,
    ],
    [() => block(createModel(square()) as never, (_, x) => x), /^block: layers is one layer, without a name/],
    [() => block({ a: square() }, 3 as never), /^block: forward is 3; give a function/],
    [() => createModel(undefined as unknown as Layer), /^createModel: layer is undefined; give a layer/],
    [() => createModel(square(), { seed: -1 }), /^createModel: seed is -1/],
    [
      () => createModel(square(), { sed: 1 } as object),
      /^createModel: there is no option "sed"; did you mean seed/,
    ],
  ])('rejects wrong arguments and says how to fix them: %#', (call, message) => {
    expect(call).toThrow(message);
  });

  it('rejects a layer with parameters that occurs twice, and leaves nothing', async () => {
    const layer = square();
    await expectNoLeaks(() => {
      expect(() => createModel(sequential([layer, relu, layer]))).toThrow(
        /^sequential: "0" and "2" are the same layer; make a separate layer for each, or share/,
      );
    });
    const drop = dropout({ rate: 0.1 });
    createModel(sequential([drop, drop])).predict(tf.ones([1]));
  });
});

it('rejects equal flat names, and a variable under two names', () => {
  const variable = tf.variable(tf.ones([1]));
  const odd = (params: object): Layer => ({ init: () => params, apply: (_, x) => x });
  expect(() =>
    createModel(odd({ 'a.b': tf.variable(tf.ones([1])), a: { b: tf.variable(tf.ones([1])) } })),
  ).toThrow(/^createModel: two parameters are named a.b/);
  expect(() => createModel(odd({ a: variable, b: variable }))).toThrow(
    /^createModel: a and b are the same variable/,
  );
  expect(() => createModel(odd({ a: tf.ones([1]) }))).toThrow(
    /^createModel: the parameter a is a tensor.*give a tf.Variable/,
  );
  const shared = createModel(square());
  expect(() => createModel(sequential({ a: shared, b: sequential({ c: shared }) }))).toThrow(
    /a.kernel and b.c.kernel are the same variable/,
  );
});

describe('errors', () => {
  const network = () =>
    createModel(
      sequential({
        body: sequential([square(), square(3)]),
        head: block({ out: square() }, (l, x) => l.out(x)),
      }),
    );

  it('start with the path of the layer', () => {
    expect(() => network().predict(tf.ones([4, 2]))).toThrow(
      /^body.1: dense: the input has shape \[4,2\] but inFeatures is 3/,
    );
    const deep = createModel(sequential({ head: block({ out: square(3) }, (l, x) => l.out(x)) }));
    expect(() => deep.predict(tf.ones([4, 2]))).toThrow(/^head.out: dense: the input has/);
  });

  it('show the path in the stack too, and keep their class', () => {
    const fail = () => {
      throw new RangeError('too large');
    };
    try {
      createModel(sequential({ body: sequential({ fail }) })).predict(tf.ones([1]));
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
      expect((error as Error).message).toBe('body.fail: too large');
      expect((error as Error).stack).toContain('body.fail: too large');
    }
  });

  it('of an initializer name the layer and leave no variable', async () => {
    const fail = (): Float32Array => {
      throw new Error('no numbers');
    };
    await expectNoLeaks(() => {
      const bad = sequential({
        a: square(),
        b: sequential([square(), dense({ inFeatures: 1, outFeatures: 1, initializer: fail })]),
      });
      expect(() => createModel(bad)).toThrow(/^b.1: no numbers/);
      const short = dense({ inFeatures: 2, outFeatures: 1, initializer: () => new Float32Array(1) });
      expect(() => createModel(short)).toThrow(
        /it returned 1 values for the shape \[2,1\]; return a Float32Array of 2/,
      );
    });
  });

  it('leave no tensor behind', async () => {
    const model = network();
    const x = tf.ones([4, 2]);
    await expectNoLeaks(() => {
      expect(() => model.predict(x)).toThrow();
    });
  });

  it.each([
    ['maxPool2d', maxPool2d],
    ['dense', dense],
    ['dropout', dropout],
  ])('say that a layer was not called: %s', (name, factory) => {
    const message = `the function ${name} was given without a call; give ${name}(…), with its options`;
    const layer = factory as unknown as LayerLike;
    const image = tf.ones([1, 2, 2, 1]);
    expect(() => createModel(layer)).toThrow(message);
    expect(() => sequential([relu, layer])).toThrow(`1: ${message}`);
    expect(() => sequential({ body: layer })).toThrow(`body: ${message}`);
    expect(() => freeze(layer)).toThrow(message);
    // Where the source of the function does not show it, as after minification, in the first call.
    const minified = Object.defineProperty((o: object) => (factory as (o: object) => Layer)(o), 'name', {
      value: name,
    });
    const hidden = minified as unknown as LayerLike;
    expect(() => createModel(hidden).predict(image)).toThrow(message);
    expect(() => createModel(sequential([relu, hidden])).predict(image)).toThrow(`1: ${message}`);
  });

  it('say that an initializer was not called', () => {
    const layer = dense({ inFeatures: 2, outFeatures: 1, initializer: normal as never });
    expect(() => createModel(layer)).toThrow(/^the function normal was given without a call/);
    for (const [name, initializer] of Object.entries({ heNormal, glorotUniform, ones })) {
      const layer = dense({ inFeatures: 2, outFeatures: 2, initializer: initializer as never });
      expect(() => createModel(layer)).toThrow(
        `initializer: the function ${name} was given without a call: it returned a function for the shape [2,2]; give ${name}()`,
      );
    }
  });

  it.each([Number.NaN, Infinity, -Infinity])('refuse an initial value of %s', async (bad) => {
    const initializer = () => new Float32Array([1, bad]);
    await expectNoLeaks(() => {
      expect(() => createModel(dense({ inFeatures: 2, outFeatures: 1, initializer }))).toThrow(
        `initializer: it returned ${bad} at the index 1 for the shape [2,1]; return finite numbers`,
      );
    });
  });

  it('name a layer that a block does not have, and those that it has', () => {
    const wrong = block({ first: square(), norm: relu }, (l, x) =>
      (l as never as { fist: typeof relu }).fist(x),
    );
    const x = tf.ones([1, 2]);
    expect(() => createModel(wrong).predict(x)).toThrow(
      'block: there is no layer "fist"; did you mean first? the layers are first, norm',
    );
    expect(() => createModel(sequential({ body: wrong })).predict(x)).toThrow(
      /^body: block: there is no layer/,
    );
    const none = block({}, (l, x) => (l as { toString: typeof relu }).toString(x));
    expect(() => createModel(none).predict(x)).toThrow(
      'block: there is no layer "toString"; the layers are none',
    );
  });

  it('name a block or model whose function returns no tensor', () => {
    const x = tf.ones([1, 2]);
    const nothing = block({ a: square() }, (l, x) => void l.a(x));
    expect(() => createModel(nothing).predict(x)).toThrow(/^block: the output is undefined; return a tensor/);
    expect(() => createModel(sequential({ head: nothing as unknown as Layer })).predict(x)).toThrow(
      /^head: block: the output is undefined/,
    );
    expect(() => createModel((() => {}) as unknown as Layer).predict(x)).toThrow(
      /^model: the output is undefined/,
    );
  });

  it('name bidirectional where both layers are the same', () => {
    const cell = gru({ inFeatures: 2, units: 3, output: 'all' });
    expect(() => bidirectional(cell, cell)).toThrow(
      'bidirectional: forward and backward are the same layer; make a separate layer for each direction',
    );
  });

  it('say that a model is disposed', () => {
    const model = createModel(square());
    model.dispose();
    expect(() => model.predict(tf.ones([1, 2]))).toThrow(/^model: the parameter kernel is disposed/);
  });
});

describe('a model as a layer', () => {
  it('shares its variables, and keeps them when the other model is disposed', async () => {
    const encoder = createModel(square(), { seed: 5 });
    const model = createModel(sequential({ encoder, head: square() }));
    expect(model.parameters()['encoder.kernel']).toBe(encoder.parameters().kernel);
    model.dispose();
    expect(model.parameters()['head.kernel']!.isDisposed).toBe(true);
    encoder.predict(tf.ones([1, 2]));
  });
});

describe('freeze', () => {
  const part = () =>
    sequential({ dense: square(), norm: batchNorm({ channels: 2 }), drop: dropout({ rate: 0.5 }) });

  it('stops gradients and statistics, and dropout', async () => {
    const model = createModel(sequential({ body: freeze(part()), head: square() }));
    expect(Object.keys(model.trainable())).toEqual(['head.kernel', 'head.bias']);
    const x = tf.randomNormal([6, 2], 3, 1, 'float32', 1);
    const before = await model.predict(x).data();
    await expectClose(model.apply(x, { training: true }), before);
    await expectClose(model.params.body.norm.runningMean, [0, 0]);
    await expectClose(model.predict(x), before);
  });

  it('accepts a trained model', () => {
    const trained = createModel(part());
    const model = createModel(sequential({ body: freeze(trained), head: square() }));
    expect(model.params.body.dense.kernel).toBe(trained.params.dense.kernel);
    expect(Object.keys(model.trainable())).toEqual(['head.kernel', 'head.bias']);
  });

  it('passes gradients through', async () => {
    const model = createModel(freeze(square()), { seed: 2 });
    const gradient = tf.grad((x) => tf.sum(model.apply(x, { training: true })))(tf.ones([1, 2]));
    await expectClose(gradient, tf.reshape(tf.sum(model.params.kernel, 1), [1, 2]));
  });
});

it('lets a block call a layer twice with the same parameters', async () => {
  const twice = createModel(block({ layer: square() }, (l, x) => l.layer(l.layer(x))));
  const once = createModel(square());
  assignParameters(once, { kernel: twice.params.layer.kernel, bias: twice.params.layer.bias! });
  const x = tf.tensor2d([[1, -1]]);
  await expectClose(twice.predict(x), once.predict(once.predict(x)));
});

it('keeps the order of many layers', async () => {
  const layers: LayerLike[] = Array.from({ length: 12 }, (_, i) => (x: tf.Tensor) => tf.add(tf.mul(x, 2), i));
  let expected = 1;
  for (let i = 0; i < 12; i++) expected = 2 * expected + i;
  await expectClose(createModel(sequential(layers)).predict(tf.tensor([1])), [expected]);
});
