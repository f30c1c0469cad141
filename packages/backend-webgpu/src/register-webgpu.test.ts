import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it, vi } from 'vitest';
import { startWebgpu } from '../test/webgpu';
import type { WebgpuBackend } from './backend';
import { findGpu } from './find-gpu';
import { registerWebgpu } from './register-webgpu';
import { requestDevice } from './request-device';
import { WebgpuUnavailable } from './unavailable';

const available = await startWebgpu();
const high = { powerPreference: 'high-performance', allowSoftware: true } as const;

/** An adapter of which a test names what matters. */
function fakeGpu(adapter: object | null): GPU {
  const fullAdapter = adapter && {
    features: new Set(),
    limits: {},
    info: { vendor: 'acme', description: 'GPU' },
    ...adapter,
  };
  return { requestAdapter: async () => fullAdapter } as unknown as GPU;
}

const readReason = async (promise: Promise<unknown>): Promise<[string, string]> => {
  const error = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(error instanceof WebgpuUnavailable)) throw error ?? new Error('it worked');
  return [error.reason, error.message];
};

describe('what is missing', () => {
  it('is named: no adapter', async () => {
    const [reason, message] = await readReason(requestDevice(fakeGpu(null), high));
    expect(reason).toBe('no adapter');
    expect(message).toMatch(/driver is missing or too old; install the driver.*mesa-vulkan-drivers/);
  });

  it('is named: only software', async () => {
    const gpu = fakeGpu({ info: { vendor: 'mesa', description: 'llvmpipe' } });
    const [reason, message] = await readReason(requestDevice(gpu, { ...high, allowSoftware: false }));
    expect(reason).toBe('software only');
    expect(message).toMatch(/computes on the processor \(mesa llvmpipe\).*allowSoftware: true/);
  });

  it('is named: the adapter gives no device', async () => {
    const gpu = fakeGpu({ requestDevice: async () => Promise.reject(new Error('in use')) });
    const [reason, message] = await readReason(requestDevice(gpu, high));
    expect(reason).toBe('no device');
    expect(message).toMatch(/acme GPU gives no device \(in use\)/);
  });

  it('is named: float16, where it is asked for', async () => {
    const [reason, message] = await readReason(requestDevice(fakeGpu({}), { ...high, float16: true }));
    expect(reason).toBe('no float16');
    expect(message).toMatch(/acme GPU has no float16 in its shaders \(shader-f16\); leave float16 out/);
  });

  it('is named: a browser without WebGPU, and a page that is not secure', async () => {
    vi.stubGlobal('navigator', {});
    vi.stubGlobal('process', undefined);
    try {
      const [reason, message] = await readReason(findGpu([]));
      expect(reason).toBe('no WebGPU');
      expect(message).toMatch(/this browser has no WebGPU; .*--enable-unsafe-webgpu/);
      vi.stubGlobal('isSecureContext', false);
      expect((await readReason(findGpu([])))[1]).toMatch(/not a secure context.*https/);
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it('asks for all limits and for features without a vendor prefix', async () => {
    let asked: GPUDeviceDescriptor | undefined;
    const gpu = fakeGpu({
      features: new Set(['subgroups', 'chromium-experimental-something']),
      limits: Object.create({ maxBufferSize: 7, maxBindGroups: 3 }),
      requestDevice: async (descriptor: GPUDeviceDescriptor) => {
        asked = descriptor;
        return {};
      },
    });
    await requestDevice(gpu, high);
    expect(asked).toEqual({
      requiredFeatures: ['subgroups'],
      requiredLimits: { maxBufferSize: 7, maxBindGroups: 3 },
    });
  });
});

describe.runIf(available)('registerWebgpu', () => {
  it('makes the backend the current one and says what it runs on', async () => {
    const info = await registerWebgpu({ allowSoftware: true });
    expect(tf.getBackend()).toBe('webgpu');
    expect(info.adapter.length).toBeGreaterThan(0);
    // The processor is not measured.
    if (info.software) expect(info.tiles).toBe('fixed');
    expect((await registerWebgpu({ allowSoftware: true, autotune: false })).tiles).toBe('fixed');
    expect(Array.from(await tf.add(tf.ones([3]), 1).data())).toEqual([2, 2, 2]);
  });

  it('gives back a device and its memory when the backend is replaced or removed', async () => {
    for (const end of [() => registerWebgpu({ allowSoftware: true }), () => tf.removeBackend('webgpu')]) {
      await registerWebgpu({ allowSoftware: true });
      const { device } = tf.backend() as WebgpuBackend;
      const buffers = new Set<GPUBuffer>();
      const { createBuffer } = device;
      vi.spyOn(device, 'createBuffer').mockImplementation((descriptor) => {
        const buffer = createBuffer.call(device, descriptor);
        const { destroy } = buffer;
        buffers.add(buffer);
        buffer.destroy = () => {
          buffers.delete(buffer);
          destroy.call(buffer);
        };
        return buffer;
      });
      // Of every kind: on the GPU, waiting, a scalar, uniforms.
      const x = tf.exp(tf.ones([3000]));
      await tf.mul(tf.add(x, 1), tf.scalar(0.3)).data();
      tf.sub(x, 1);
      expect(buffers.size).toBeGreaterThan(3);
      await end();
      expect(buffers.size).toBe(0);
      expect((await device.lost).reason).toBe('destroyed');
    }
    await startWebgpu();
  });

  it('keeps the device when the engine is reset, which makes the backend anew', async () => {
    const { device } = tf.backend() as WebgpuBackend;
    tf.engine().reset();
    await tf.setBackend('webgpu');
    expect((tf.backend() as WebgpuBackend).device).toBe(device);
    expect(Array.from(await tf.exp(tf.zeros([2000])).data())[7]).toBe(1);
  });

  it('refuses options that make no sense', async () => {
    await expect(registerWebgpu({ dispatchesPerSubmit: 0 })).rejects.toThrow(
      /registerWebgpu: dispatchesPerSubmit is 0; give an integer of at least 1/,
    );
  });
});
