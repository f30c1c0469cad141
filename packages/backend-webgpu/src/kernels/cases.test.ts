import { type Adapter, checkCase, kernelRows, runnableCases } from '@tenfold/kernel-cases';
import { expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { startWebgpu } from '../../test/webgpu';

const available = await startWebgpu();
const cases = kernelRows
  .flatMap(runnableCases)
  .filter(({ kernel, speed }) => !speed && tf.getKernel(kernel, 'webgpu'))
  .filter(
    ({ kernel, name, attributes }) =>
      // tfjs's kernels ignore the dilations of these; its gradient, which alone runs them, refuses dilations.
      !(
        kernel.startsWith('DepthwiseConv2dNativeBackprop') &&
        'dilations' in attributes &&
        attributes.dilations !== 1
      ) &&
      // A clamp, which makes a number of NaN on lavapipe.
      !(kernel === tf.Relu6 && name.includes('NaN')),
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

describe.runIf(available).each(cases)('$kernel $name', (one) => {
  it('has the values of the reference', () => checkCase(run, one));
});
