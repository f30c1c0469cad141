// Matrix products, convolutions and their gradients here and in jax-js on the same GPU, interleaved:
//   node tools/webgpu/run.mjs compare [--rounds 7] [--batch 8] [--only NAME] [--peers FOLDER]
// jax-js is a peer of tools/benchmark: `node tools/benchmark/steps.mjs --install` installs it.
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type { WebgpuBackend } from '@tenfold/backend-webgpu';
import { registerWebgpu } from '@tenfold/backend-webgpu';
import { relativeError } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { median } from '../median';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    batch: { type: 'string', default: '8' },
    only: { type: 'string', default: '' },
    peers: { type: 'string', default: 'tools/benchmark/peers' },
  },
});

/** What is used of jax-js: an operation takes its operands with it, and `ref` is one more hold on an array. */
interface JaxArray {
  ref: JaxArray;
  reshape(shape: number[]): JaxArray;
  mul(other: JaxArray): JaxArray;
  sum(): JaxArray;
  data(): Promise<Float32Array>;
  dispose(): void;
}
type JaxFunction = (...arrays: JaxArray[]) => JaxArray;
interface Jax {
  init(device: string): Promise<string[]>;
  defaultDevice(device: string): void;
  jit(f: JaxFunction): JaxFunction;
  grad(f: JaxFunction): JaxFunction;
  blockUntilReady(array: JaxArray): Promise<unknown>;
  numpy: {
    array(values: Float32Array): JaxArray;
    matmul(a: JaxArray, b: JaxArray): JaxArray;
    transpose(a: JaxArray): JaxArray;
  };
  lax: { convGeneralDilated(x: JaxArray, w: JaxArray, strides: number[], padding: string): JaxArray };
}

const require = createRequire(join(resolve(options.peers), 'package.json'));
const path = require.resolve('@jax-js/jax').replace(/index\.cjs$/, 'index.js');
const { adapter, tiles } = await registerWebgpu({ allowSoftware: true });
// jax-js asks for the browser's name, which Node 20 does not have.
if (!navigator.userAgent) Object.defineProperty(navigator, 'userAgent', { value: 'Node' });
const jax = (await import(pathToFileURL(path).href)) as Jax;
if (!(await jax.init('webgpu')).includes('webgpu')) throw new Error('jax-js finds no WebGPU here');
jax.defaultDevice('webgpu');
console.log(`adapter: ${adapter}; tiles: ${tiles}`);

const channelsFirst = [0, 3, 1, 2];
const outputsFirst = [3, 2, 0, 1];

interface Case {
  name: string;
  shapes: number[][];
  /** By which jax-js's operands come of ours, and its result of ours; the same where left out. */
  orders?: (number[] | undefined)[];
  outOrder?: number[];
  ours: (...tensors: tf.Tensor[]) => tf.Tensor;
  theirs: JaxFunction;
}

function convolutions(side: number, from: number, to: number): Case[] {
  const batch = Number(options.batch);
  const [x, dy, w] = [
    [batch, side, side, from],
    [batch, side, side, to],
    [3, 3, from, to],
  ];
  const common = { strides: 1, pad: 'same', dataFormat: 'NHWC' };
  const size = `[${x}] 3x3 to ${to}`;
  const conv: JaxFunction = (input, filter) => jax.lax.convGeneralDilated(input!, filter!, [1, 1], 'SAME');
  const kernel = (name: string, inputs: tf.NamedTensorMap, attrs: object) =>
    tf.engine().runKernel(name, inputs, attrs as tf.NamedAttrMap) as tf.Tensor;
  return [
    {
      name: `convolution ${size}`,
      shapes: [x!, w!],
      orders: [channelsFirst, outputsFirst],
      outOrder: channelsFirst,
      ours: (input, filter) => tf.conv2d(input as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same'),
      theirs: conv,
    },
    {
      name: `gradient for the filter ${size}`,
      shapes: [x!, dy!, w!],
      orders: [channelsFirst, channelsFirst, outputsFirst],
      outOrder: outputsFirst,
      ours: (input, gradient) =>
        kernel('Conv2DBackpropFilter', { x: input!, dy: gradient! }, { ...common, filterShape: w }),
      theirs: (input, gradient, filter) => jax.grad((of) => conv(input!, of!).mul(gradient!).sum())(filter!),
    },
    {
      name: `gradient for the input ${size}`,
      shapes: [x!, dy!, w!],
      orders: [channelsFirst, channelsFirst, outputsFirst],
      outOrder: channelsFirst,
      ours: (_, gradient, filter) =>
        kernel('Conv2DBackpropInput', { dy: gradient!, filter: filter! }, { ...common, inputShape: x }),
      theirs: (input, gradient, filter) => jax.grad((of) => conv(of!, filter!).mul(gradient!).sum())(input!),
    },
  ];
}

const product = (m: number, k: number, n: number, transposeA = false, transposeB = false): Case => ({
  name: `product ${m}x${k}x${n}${transposeA ? ' A transposed' : ''}${transposeB ? ' B transposed' : ''}`,
  shapes: [transposeA ? [k, m] : [m, k], transposeB ? [n, k] : [k, n]],
  ours: (a, b) => tf.matMul(a!, b!, transposeA, transposeB),
  theirs: (a, b) =>
    jax.numpy.matmul(transposeA ? jax.numpy.transpose(a!) : a!, transposeB ? jax.numpy.transpose(b!) : b!),
});

// Those of `kernels`.
const cases = [
  product(512, 512, 512),
  product(2048, 64, 64),
  product(64, 2048, 64, true),
  product(2048, 64, 128, false, true),
  ...convolutions(15, 64, 64),
  ...convolutions(7, 128, 128),
  ...convolutions(31, 24, 64),
].filter(({ name }) => name.includes(options.only));

const backend = tf.backend() as WebgpuBackend;
for (const { name, shapes, orders = [], outOrder, ours, theirs } of cases) {
  const tensors = shapes.map((shape, i) => tf.randomNormal(shape, 0, 1, 'float32', i + 1));
  const held: JaxArray[] = [];
  for (const [i, tensor] of tensors.entries()) {
    const turned = orders[i] ? tf.transpose(tensor, orders[i]) : tensor;
    held.push(jax.numpy.array((await turned.data<'float32'>()).slice()).reshape(turned.shape));
  }
  // Compiled as a whole, so that of the gradients what nobody needs is not computed.
  const compiled = jax.jit(theirs);

  const result = ours(...tensors);
  const want = await (outOrder ? tf.transpose(result, outOrder) : result).data();
  const difference = await relativeError(await compiled(...held.map(({ ref }) => ref)).data(), want);
  result.dispose();

  const times: [own: number[], jax: number[]] = [[], []];
  for (let round = 0; round < Number(options.rounds); round++) {
    let start = performance.now();
    const out = ours(...tensors);
    backend.endComputePassEncoder();
    backend.submitQueue();
    await backend.device.queue.onSubmittedWorkDone();
    times[0].push(performance.now() - start);
    out.dispose();
    start = performance.now();
    const result = compiled(...held.map(({ ref }) => ref));
    await jax.blockUntilReady(result);
    times[1].push(performance.now() - start);
    result.dispose();
  }
  const [ownTime, jaxTime] = times.map(median) as [number, number];
  console.log(
    `${name}: ${(jaxTime / ownTime).toFixed(2)} times as fast as jax-js; ` +
      `medians ${ownTime.toFixed(1)} and ${jaxTime.toFixed(1)} ms; difference ${difference.toExponential(1)}`,
  );
  tf.dispose(tensors);
  for (const array of held) array.dispose();
}
process.exit(0);
