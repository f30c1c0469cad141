import { expectClose } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import { adamW, newtonSchulz, sgd } from './index';

// A backend that has the kernels, played by ones that record what they are given.
const backendName = tf.getBackend();
const own = {
  AdamW: tf.getKernel('AdamW', backendName),
  NewtonSchulz: tf.getKernel('NewtonSchulz', backendName),
  Sgd: tf.getKernel('Sgd', backendName),
};
let given: { inputs: tf.NamedTensorInfoMap; attrs?: tf.NamedAttrMap } | undefined;

function play(kernelName: keyof typeof own, outputs: number): void {
  if (tf.getKernel(kernelName, backendName)) tf.unregisterKernel(kernelName, backendName);
  tf.registerKernel({
    kernelName,
    backendName,
    kernelFunc: ({ inputs, attrs }) => {
      given = { inputs, attrs };
      const made = Array.from({ length: outputs }, (_, i) => tf.fill([2, 2], i + 1));
      return outputs === 1 ? made[0]! : made;
    },
  });
}

afterEach(() => {
  for (const [name, config] of Object.entries(own)) {
    if (tf.getKernel(name, backendName)) tf.unregisterKernel(name, backendName);
    if (config) tf.registerKernel(config);
  }
});

describe('on a backend that has the kernel', () => {
  it('adamW runs AdamW: [update, mean, square] from the inputs and attributes of the table', async () => {
    play('AdamW', 3);
    const params = { kernel: tf.ones([2, 2]), bias: tf.ones([2, 2]) };
    const optimizer = adamW({ learningRate: 0.5, beta2: 0.98, weightDecay: 0.1, only: /kernel/ });
    const state = optimizer.init(params);
    const step = (grads: tf.NamedTensorMap) => optimizer.update(grads, state, { params, step: 4 });
    const made = step({ kernel: tf.zeros([2, 2]) });
    expect(Object.keys(given!.inputs).sort()).toEqual(['gradient', 'mean', 'parameter', 'square']);
    expect(given!.attrs).toEqual({
      learningRate: 0.5,
      beta1: 0.9,
      beta2: 0.98,
      epsilon: 1e-8,
      weightDecay: 0.1,
      step: 4,
    });
    await expectClose(made.updates.kernel!, tf.fill([2, 2], 1));
    await expectClose(made.state.mean!.kernel!, tf.fill([2, 2], 2));
    await expectClose(made.state.square!.kernel!, tf.fill([2, 2], 3));
    step({ bias: tf.zeros([2, 2]) });
    expect(given!.attrs).toMatchObject({ weightDecay: 0 });
  });

  it('sgd with momentum runs Sgd: [update, momentum]', async () => {
    play('Sgd', 2);
    const params = { kernel: tf.ones([2, 2]) };
    const options = { learningRate: 0.5, momentum: 0.9, nesterov: true, weightDecay: 0.1, decoupled: true };
    const optimizer = sgd(options);
    const grads = { kernel: tf.zeros([2, 2]) };
    const made = optimizer.update(grads, optimizer.init(params), { params, step: 4 });
    expect(Object.keys(given!.inputs).sort()).toEqual(['gradient', 'momentum', 'parameter']);
    expect(given!.attrs).toEqual(options);
    await expectClose(made.updates.kernel!, tf.fill([2, 2], 1));
    await expectClose(made.state.momentum!.kernel!, tf.fill([2, 2], 2));
  });

  it('newtonSchulz runs NewtonSchulz', async () => {
    play('NewtonSchulz', 1);
    await expectClose(newtonSchulz(tf.zeros([2, 2]), { steps: 3 }), tf.fill([2, 2], 1));
    expect(Object.keys(given!.inputs)).toEqual(['x']);
    expect(given!.attrs).toEqual({ steps: 3 });
  });
});
