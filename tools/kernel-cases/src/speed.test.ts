import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { ready, runOnEngine } from './engine';
import { kernelRows } from './rows';
import { conv2d } from './rows/convolution';
import { softmax } from './rows/softmax';
import { speedCases } from './speed';

const examples = 2;

it('names each case once, so that engines can be compared', () => {
  const names = speedCases(kernelRows).map(({ kernel, name }) => `${kernel} ${name}`);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain('Conv2DBackpropFilter [250,15,15,64], 3x3 to 64');
});

it('takes the first examples of a batch', async () => {
  const [forward, ofInput, ofFilter] = speedCases([conv2d], { examples }).filter(
    ({ name }) => name === '[250,7,7,128], 3x3 to 128',
  );
  const shapes = async (one = forward!) =>
    Object.entries(await one.operands(runOnEngine)).map(([name, { shape }]) => `${name} [${shape}]`);
  expect(await shapes()).toEqual(['x [2,7,7,128]', 'filter [3,3,128,128]']);
  expect(await shapes(ofInput)).toEqual(['dy [2,7,7,128]', 'filter [3,3,128,128]']);
  expect(await shapes(ofFilter)).toEqual(['dy [2,7,7,128]', 'x [2,7,7,128]']);
  expect(ofInput!.attributes).toMatchObject({ inputShape: [2, 7, 7, 128] });
});

it('counts operations and bytes, and leaves no tensor', async () => {
  await tf.setBackend('cpu');
  const before = tf.memory().numTensors;
  const one = speedCases([conv2d], { examples }).find(({ name }) => name === '[250,7,7,128], 3x3 to 128');
  const { flops, bytes, run, dispose } = await ready(one!);
  expect(flops).toBe(2 * examples * 7 * 7 * 9 * 128 * 128);
  expect(bytes).toBe(4 * (2 * examples * 7 * 7 * 128 + 9 * 128 * 128));
  const outputs = run();
  expect(outputs.map(({ shape }) => shape)).toEqual([[examples, 7, 7, 128]]);
  tf.dispose(outputs);
  dispose();
  const moved = await ready(speedCases([softmax], { examples })[0]!);
  expect(moved.flops).toBe(0);
  moved.dispose();
  expect(tf.memory().numTensors).toBe(before);
});
