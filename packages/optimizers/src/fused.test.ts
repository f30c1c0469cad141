import { expectClose } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { adamW, muon, newtonSchulz, sgd } from './index';

// Simulates a backend with the kernels: they record their arguments.
const backendName = tf.getBackend();
const names = ['AdamW', 'AdamWList', 'NewtonSchulz', 'NewtonSchulzList', 'Sgd', 'SgdList'] as const;
const registered = Object.fromEntries(names.map((name) => [name, tf.getKernel(name, backendName)]));
let lastCall: { inputs: tf.NamedTensorInfoMap; attrs?: tf.NamedAttrMap } | undefined;

function play(kernelName: (typeof names)[number], outputs: number): void {
  tf.registerKernel({
    kernelName,
    backendName,
    kernelFunc: ({ inputs, attrs }) => {
      lastCall = { inputs, attrs };
      const result = Array.from({ length: outputs }, (_, i) => tf.fill([2, 2], i + 1));
      return outputs === 1 ? result[0]! : result;
    },
  });
}

const hide = () => {
  for (const name of names) if (tf.getKernel(name, backendName)) tf.unregisterKernel(name, backendName);
};
beforeEach(hide);
afterEach(() => {
  hide();
  for (const config of Object.values(registered)) if (config) tf.registerKernel(config);
});

describe('on a backend that has the kernel', () => {
  it('adamW runs AdamW: [update, mean, square] from the inputs and attributes of the table', async () => {
    play('AdamW', 3);
    const params = { kernel: tf.ones([2, 2]), bias: tf.ones([2, 2]) };
    const optimizer = adamW({ learningRate: 0.5, beta2: 0.98, weightDecay: 0.1, only: /kernel/ });
    const state = optimizer.init(params);
    const step = (grads: tf.NamedTensorMap) => optimizer.update(grads, state, { params, step: 4 });
    const result = step({ kernel: tf.zeros([2, 2]) });
    expect(Object.keys(lastCall!.inputs).sort()).toEqual(['gradient', 'mean', 'parameter', 'square']);
    expect(lastCall!.attrs).toEqual({
      learningRate: 0.5,
      beta1: 0.9,
      beta2: 0.98,
      epsilon: 1e-8,
      weightDecay: 0.1,
      step: 4,
    });
    await expectClose(result.updates.kernel!, tf.fill([2, 2], 1));
    await expectClose(result.state.mean!.kernel!, tf.fill([2, 2], 2));
    await expectClose(result.state.square!.kernel!, tf.fill([2, 2], 3));
    step({ bias: tf.zeros([2, 2]) });
    expect(lastCall!.attrs).toMatchObject({ weightDecay: 0 });
  });

  it('sgd with momentum runs Sgd: [update, momentum]', async () => {
    play('Sgd', 2);
    const params = { kernel: tf.ones([2, 2]) };
    const options = { learningRate: 0.5, momentum: 0.9, nesterov: true, weightDecay: 0.1, decoupled: true };
    const optimizer = sgd(options);
    const grads = { kernel: tf.zeros([2, 2]) };
    const result = optimizer.update(grads, optimizer.init(params), { params, step: 4 });
    expect(Object.keys(lastCall!.inputs).sort()).toEqual(['gradient', 'momentum', 'parameter']);
    expect(lastCall!.attrs).toEqual(options);
    await expectClose(result.updates.kernel!, tf.fill([2, 2], 1));
    await expectClose(result.state.momentum!.kernel!, tf.fill([2, 2], 2));
  });

  it('newtonSchulz runs NewtonSchulz', async () => {
    play('NewtonSchulz', 1);
    await expectClose(newtonSchulz(tf.zeros([2, 2]), { steps: 3 }), tf.fill([2, 2], 1));
    expect(Object.keys(lastCall!.inputs)).toEqual(['x']);
    expect(lastCall!.attrs).toEqual({ steps: 3 });
  });

  it('adamW prefers AdamWList: all gradients, parameters, means, squares in one call', async () => {
    play('AdamW', 3);
    play('AdamWList', 6);
    const params = { kernel: tf.ones([2, 2]), bias: tf.ones([2, 2]) };
    const optimizer = adamW({ learningRate: 0.5, weightDecay: 0.1, only: /kernel/ });
    const state = optimizer.init(params);
    const grads = { bias: tf.zeros([2, 2]), kernel: tf.zeros([2, 2]) };
    const result = optimizer.update(grads, state, { params, step: 4 });
    const order = Object.values(lastCall!.inputs).map((x) => x!.dataId);
    const lists = [grads, params, state.mean!, state.square!].flatMap((t) => [t.bias!, t.kernel!]);
    expect(order).toEqual(lists.map(({ dataId }) => dataId));
    const attributes = { learningRate: 0.5, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, step: 4 };
    expect(lastCall!.attrs).toEqual({ ...attributes, weightDecays: [0, 0.1] });
    await expectClose(result.updates.kernel!, tf.fill([2, 2], 2));
    await expectClose(result.state.mean!.bias!, tf.fill([2, 2], 3));
    await expectClose(result.state.square!.kernel!, tf.fill([2, 2], 6));
    expect(optimizer.update({}, state, { params, step: 5 }).updates).toEqual({});
  });

  it('sgd with momentum prefers SgdList', async () => {
    play('SgdList', 4);
    const params = { a: tf.ones([2, 2]), b: tf.ones([2, 2]) };
    const optimizer = sgd({ learningRate: 0.5, momentum: 0.9, weightDecay: 0.1, only: /a/ });
    const state = optimizer.init(params);
    const result = optimizer.update({ a: tf.zeros([2, 2]), b: tf.zeros([2, 2]) }, state, { params, step: 4 });
    expect(lastCall!.attrs).toEqual({
      learningRate: 0.5,
      momentum: 0.9,
      nesterov: false,
      weightDecays: [0.1, 0],
      decoupled: false,
    });
    await expectClose(result.updates.b!, tf.fill([2, 2], 2));
    await expectClose(result.state.momentum!.a!, tf.fill([2, 2], 3));
  });

  it('muon prefers SgdList and NewtonSchulzList', async () => {
    play('SgdList', 4);
    play('NewtonSchulzList', 2);
    const params = { a: tf.ones([2, 2]), b: tf.ones([2, 2]) };
    const optimizer = muon({ learningRate: 0.5, newtonSchulzSteps: 3 });
    const state = optimizer.init(params);
    const result = optimizer.update({ a: tf.zeros([2, 2]), b: tf.zeros([2, 2]) }, state, { params, step: 0 });
    expect(lastCall!.attrs).toEqual({ steps: 3 });
    await expectClose(result.updates.b!, tf.fill([2, 2], -1));
    await expectClose(result.state.momentum!.b!, tf.fill([2, 2], 4));
  });
});
