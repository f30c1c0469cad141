import {
  type Adapter,
  checkCase,
  emptyCases,
  kernelRows,
  type RunnableCase,
  runnableCases,
} from '@tenfold/kernel-cases';
import { expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillBuffersWithNan, leastDevice, startWebgpu, unroll } from '../../test/webgpu';
import type { WebgpuBackend } from '../backend';

const available = await startWebgpu();
// tfjs computes small tensors on the CPU where it can; here the GPU's kernels are to be tested.
tf.env().set('WEBGPU_CPU_FORWARD', false);

// A kernel that this backend does not have is listed as `none` in KERNELS.md, which is checked.
const cases = kernelRows
  .flatMap((row) => [...runnableCases(row), ...emptyCases(row)])
  .filter(({ kernel }) => tf.getKernel(kernel, 'webgpu'))
  .filter(
    ({ kernel, attributes }) =>
      // tfjs's kernels ignore the dilations of these; its gradient, which alone runs them, refuses dilations.
      !(
        kernel.startsWith('DepthwiseConv2dNativeBackprop') &&
        'dilations' in attributes &&
        attributes.dilations !== 1
      ),
  );

/** Runs a kernel, and fails when tensors are left behind. */
const run: Adapter = async (kernel, operands, attributes) => {
  let results: Awaited<ReturnType<Adapter>> = [];
  await expectNoLeaks(async () => {
    const tensors = Object.entries(operands).map(
      ([name, { shape, values, dtype }]) => [name, tf.tensor(values, [...shape], dtype)] as const,
    );
    const inputs = Array.isArray(operands)
      ? tensors.map(([, tensor]) => tensor)
      : Object.fromEntries(tensors);
    const outputs = [
      tf.engine().runKernel(kernel, inputs as tf.NamedTensorMap, attributes as tf.NamedAttrMap),
    ].flat();
    results = await Promise.all(outputs.map(async (out) => ({ shape: out.shape, values: await out.data() })));
    return [...tensors.map(([, tensor]) => tensor), ...outputs];
  });
  return results;
};

const walk = (each: readonly RunnableCase[]) =>
  describe.each(each)('$kernel $name', (one) => {
    it('has the values of the reference', () => checkCase(run, one));
  });

describe.runIf(available)('the kernels', () => {
  let restore = () => {};
  beforeAll(() => {
    restore = fillBuffersWithNan();
  });
  afterAll(() => restore());

  it('write into buffers that hold NaN', async () => {
    const backend = tf.backend() as WebgpuBackend;
    const { dataId } = backend.makeTensorInfo([4], 'float32');
    backend.uploadToGPU(dataId);
    expect([...(await backend.read(dataId))]).toEqual([NaN, NaN, NaN, NaN]);
    backend.disposeData(dataId);
  });

  walk(cases);
});

// As for GPUs, with their tiles and unrolled: one case of each way to read operands, of each tile, and of an epilogue.
describe.runIf(available)('products as on GPUs', () => {
  beforeAll(() => unroll(true));
  afterAll(() => unroll(false));

  const unrolled: { readonly [kernel: string]: RegExp } = {
    BatchMatMul:
      /^\[65,641\]|^\[641,65\]|^\[64,640\]|^\[640,64\]|^\[3,5\] × \[5,7\]$|^\[250,128\] × \[128,10\]/,
    _FusedMatMul: /^\[9,33\].*elu/,
    FusedConv2D: /^3x3: \[2,6,5,7\], relu$/,
    Conv2D: /^(24 channels|5 channels to 8|3 channels):/,
    Conv2DBackpropInput: /^(24 channels|5 channels to 8|3 channels|more pixels than a block):/,
    Conv2DBackpropFilter: /^(24 channels|5 channels to 8|3 channels):/,
  };
  walk(cases.filter(({ kernel, name }) => unrolled[kernel]?.test(name)));
});

describe.runIf(available)('kernels over lists, on a device with the least limits', () => {
  beforeAll(leastDevice);
  afterAll(async () => {
    await startWebgpu();
  });

  walk(cases.filter(({ kernel }) => kernel === 'AllFinite' || kernel.endsWith('List')));
});
