import { performance } from 'node:perf_hooks';
import { expectClose } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import { randomTensor, runKernel, startWebgpu } from '../test/webgpu';
import type { WebgpuBackend } from './backend';
import { kernels } from './kernels';
import { u32 } from './program';
import { internals } from './tfjs-internals';

const available = await startWebgpu();

describe.runIf(available)('the backend', () => {
  const webgpu = () => tf.backend() as WebgpuBackend;
  // A test that breaks its device leaves the next one a new device.
  afterEach(async () => {
    await startWebgpu();
  });

  it('has the limits and features of the adapter', async () => {
    const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
    const { device } = webgpu();
    const named = [
      'maxStorageBuffersPerShaderStage',
      'maxBufferSize',
      'maxComputeWorkgroupStorageSize',
    ] as const;
    for (const name of named) expect(device.limits[name]).toBe(adapter!.limits[name]);
    expect(device.features.has('timestamp-query')).toBe(adapter!.features.has('timestamp-query'));
  });

  it('has every kernel of the list', () => {
    for (const { kernelName, kernelFunc } of kernels) {
      expect(tf.getKernel(kernelName, 'webgpu')?.kernelFunc).toBe(kernelFunc);
    }
  });

  it('hands out copies: what a reader writes changes no tensor', async () => {
    const fresh = tf.tensor1d([3, 2, 1]);
    const computed = tf.add(tf.tensor1d(Float32Array.from({ length: 3000 }, (_, i) => i)), 1);
    for (const x of [fresh, computed]) {
      const first = Array.from(await x.data()).slice(0, 3);
      (await x.data()).fill(0);
      expect(Array.from(await x.data()).slice(0, 3)).toEqual(first);
      await expectClose(tf.slice(tf.mul(x, 1), 0, 3), first);
    }
  });

  it('gives disposed buffers to later results of the same batch without mixing them up', async () => {
    const x = tf.tensor1d(Float32Array.from({ length: 3000 }, (_, i) => i));
    const y = tf.tidy(() => {
      let sum = tf.zeros([3000]);
      for (let i = 1; i <= 40; i++) sum = tf.add(sum, tf.mul(tf.add(x, i), tf.sub(x, i)));
      return sum;
    });
    // Σ x² − i²
    const want = Float32Array.from({ length: 3000 }, (_, i) => 40 * i * i - (40 * 41 * 81) / 6);
    await expectClose(y, want, { absolute: 1, relative: 1e-5 });
  });

  it('is waited for at rest in tests', async () => {
    const x = tf.ones([800, 800]);
    const [began, before] = [performance.now(), performance.eventLoopUtilization()];
    const product = tf.matMul(x, x);
    expect((await product.data())[1]).toBe(800);
    const { utilization } = performance.eventLoopUtilization(before);
    // Where the GPU is a processor: Dawn would ask it thousands of times.
    if (performance.now() - began > 100) expect(utilization).toBeLessThan(0.5);
  });

  it('does not grow from step to step', async () => {
    const x = tf.tensor1d(new Float32Array(5000).fill(2));
    const step = async (i: number) => {
      const y = tf.tidy(() => tf.mean(tf.exp(tf.mul(tf.sub(x, 1 + (i % 5) / 10), 0.5))));
      await y.data();
      y.dispose();
    };
    const bytes = () => webgpu().bufferManager.numBytesAllocated;
    for (let i = 0; i < 20; i++) await step(i);
    const before = { tensors: tf.memory().numTensors, bytes: bytes() };
    for (let i = 20; i < 60; i++) await step(i);
    expect({ tensors: tf.memory().numTensors, bytes: bytes() }).toEqual(before);
  });

  it('gives the same bits every time', async () => {
    const [x, dy] = [randomTensor([8, 31, 31, 8]), randomTensor([8, 31, 31, 16], 2)];
    const attrs = { strides: 1, pad: 'same', filterShape: [3, 3, 8, 16] };
    const run = async () => (await runKernel(tf.Conv2DBackpropFilter, { x, dy }, attrs)[0]!.data()).slice();
    expect(await run()).toEqual(await run());
  });

  it('distinguishes scalars that print alike', async () => {
    const x = tf.tensor1d(new Float32Array(2000).fill(1));
    const [plus, minus] = [tf.div(x, tf.scalar(0)), tf.div(x, tf.scalar(-0))];
    expect((await plus.data())[5]).toBe(Infinity);
    expect((await minus.data())[5]).toBe(-Infinity);
  });

  it('counts its programs in tf.time', async () => {
    const x = tf.tensor1d(new Float32Array(5000));
    const { kernelMs } = await tf.time(() =>
      tf.engine().runKernel('Activation', { x }, { function: 'gelu' }),
    );
    expect(kernelMs).toBeGreaterThanOrEqual(0);
    expect(internals(webgpu()).computePassEncoder).toBeNull();
  });

  it('refuses a synchronous read and names the other', () => {
    const x = tf.exp(tf.tensor1d(new Float32Array(3000)));
    expect(() => x.dataSync()).toThrow(/await tensor\.data\(\) instead of dataSync/);
  });

  it('prints the limits when a tensor is too large', () => {
    const { maxStorageBufferBindingSize } = webgpu().device.limits;
    const size = maxStorageBufferBindingSize / 4 + 1;
    expect(() => tf.fill([size], 1)).toThrow(
      new RegExp(
        `a tensor of shape \\[${size}\\] takes .* MiB, but .*maxStorageBufferBindingSize.*maxBufferSize.*smaller batch`,
      ),
    );
  });

  it('leaves nothing behind when a kernel fails', async () => {
    const side = Math.ceil(Math.sqrt(webgpu().device.limits.maxStorageBufferBindingSize / 4)) + 1;
    // Too large a product and too large a sum of tensors on the GPU, and attention with heads that fit no memory.
    const [column, row] = [tf.abs(tf.fill([side, 1], 2)), tf.abs(tf.fill([1, side], 2))];
    const query = tf.zeros([1, 4, 2048]);
    const failures = [
      () => tf.matMul(column, row),
      () => tf.add(column, row),
      () =>
        tf
          .engine()
          .runKernel('Attention', { query, key: query, value: query }, { heads: 1, scale: 1 } as never),
      () => tf.engine().runKernel('Activation', { x: row }, { function: 'none' }),
    ];
    for (const fail of failures) {
      const before = [tf.memory().numTensors, webgpu().numDataIds()];
      expect(fail).toThrow();
      expect([tf.memory().numTensors, webgpu().numDataIds()]).toEqual(before);
    }
    expect((await tf.sum(row).data())[0]).toBe(2 * side);
  });

  it('reports a lost device by one error from then on', async () => {
    const x = tf.tensor1d(new Float32Array(3000));
    await tf.exp(x).data();
    webgpu().device.destroy();
    await expect(tf.exp(x).data()).rejects.toThrow(/webgpu: the device of .* was destroyed/);
    expect(() => tf.exp(x)).toThrow(/webgpu: the device of .* was destroyed/);
  });

  it('reports a command that the device refuses by one error', async () => {
    const x = tf.tensor1d(new Float32Array(3000));
    const out = webgpu().output([3000]);
    webgpu().run({
      name: 'a program with an error',
      inputs: { x },
      outputs: { out },
      uniforms: { count: u32(3000) },
      threads: 64,
      groups: [1, 1, 1],
      body: () => 'store_out(lane, load_x(lane) + nothing);',
    });
    const y = tf.engine().makeTensorFromTensorInfo(out);
    await expect(y.data()).rejects.toThrow(/webgpu: .* rejected a command \(.*nothing/s);
    expect(() => tf.add(y, 1)).toThrow(/rejected a command/);
  });
});
