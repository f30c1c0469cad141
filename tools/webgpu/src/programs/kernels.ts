// Kernels of @tenfold/backend-webgpu and of tfjs's own backend, in turns:
//   node tools/webgpu/run.mjs kernels [--rounds 7] [--only NAME]
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { registerBoth, STOCK, switchTo } from '../backends';

const { values: options } = parseArgs({
  options: { rounds: { type: 'string', default: '7' }, only: { type: 'string', default: '' } },
});
const { adapter } = await registerBoth();
console.log(`adapter: ${adapter}`);

interface Case {
  name: string;
  flops: number;
  make: () => Record<string, tf.Tensor>;
  run: (given: Record<string, tf.Tensor>) => tf.Tensor;
}

const random = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, 'float32', seed);
const kernel = (name: string, inputs: tf.NamedTensorMap, attrs: object) =>
  tf.engine().runKernel(name, inputs, attrs as tf.NamedAttrMap) as tf.Tensor;

function convolution(batch: number, side: number, from: number, to: number): Case[] {
  const flops = 2 * batch * side * side * 9 * from * to;
  const [x, dy, filter] = [
    [batch, side, side, from],
    [batch, side, side, to],
    [3, 3, from, to],
  ] as [number[], number[], number[]];
  const common = { strides: 1, pad: 'same', dataFormat: 'NHWC' };
  const size = `[${x}] 3x3 to ${to}`;
  return [
    {
      name: `Conv2D ${size}`,
      flops,
      make: () => ({ x: random(x, 1), filter: random(filter, 2) }),
      run: ({ x, filter }) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same'),
    },
    {
      name: `Conv2DBackpropFilter ${size}`,
      flops,
      make: () => ({ x: random(x, 1), dy: random(dy, 2) }),
      run: (given) => kernel('Conv2DBackpropFilter', given, { ...common, filterShape: filter }),
    },
    {
      name: `Conv2DBackpropInput ${size}`,
      flops,
      make: () => ({ dy: random(dy, 1), filter: random(filter, 2) }),
      run: (given) => kernel('Conv2DBackpropInput', given, { ...common, inputShape: x }),
    },
  ];
}

const product = (m: number, k: number, n: number, transposeA = false, transposeB = false): Case => ({
  name: `MatMul ${m}x${k}x${n}${transposeA ? ' A transposed' : ''}${transposeB ? ' B transposed' : ''}`,
  flops: 2 * m * k * n,
  make: () => ({
    a: random(transposeA ? [k, m] : [m, k], 1),
    b: random(transposeB ? [n, k] : [k, n], 2),
  }),
  run: ({ a, b }) => tf.matMul(a!, b!, transposeA, transposeB),
});

const cases = [
  ...convolution(8, 15, 64, 64),
  ...convolution(8, 7, 128, 128),
  ...convolution(2, 31, 24, 64),
  product(512, 512, 512),
  product(2048, 64, 64),
  product(64, 2048, 64, true),
  product(2048, 64, 128, false, true),
].filter(({ name }) => name.includes(options.only));

for (const { name, flops, make, run } of cases) {
  const backends = ['webgpu', STOCK] as const;
  const given: Record<string, Record<string, tf.Tensor>> = {};
  const times: Record<string, number[]> = { webgpu: [], [STOCK]: [] };
  const values: Record<string, Float32Array> = {};
  for (const backend of backends) {
    await switchTo(backend);
    given[backend] = make();
    const out = run(given[backend]);
    values[backend] = (await out.data<'float32'>()).slice();
    out.dispose();
  }
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const backend of backends) {
      await switchTo(backend);
      const start = performance.now();
      const out = run(given[backend]!);
      await out.data();
      times[backend]!.push(performance.now() - start);
      out.dispose();
    }
  }
  const [own, stock] = backends.map((backend) => median(times[backend]!)) as [number, number];
  const rate = (milliseconds: number) => `${(flops / milliseconds / 1e6).toFixed(2)} GFLOP/s`;
  console.log(
    `${name}: ${rate(own)}, tfjs ${rate(stock)}, ${(stock / own).toFixed(2)} times as fast; difference ${relative(values.webgpu!, values[STOCK]!).toExponential(1)}`,
  );
  for (const backend of backends) {
    await switchTo(backend);
    tf.dispose(given[backend]);
  }
}
process.exit(0);

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function relative(a: Float32Array, b: Float32Array): number {
  let [difference, size] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    difference += (a[i]! - b[i]!) ** 2;
    size += b[i]! ** 2;
  }
  return Math.sqrt(difference / size);
}
