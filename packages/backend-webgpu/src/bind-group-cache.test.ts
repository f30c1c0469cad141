import { describe, expect, it } from 'vitest';
import { cacheBindGroups } from './bind-group-cache';

/** A device whose bind groups are plain objects, new ones every time. */
function fakeDevice(): GPUDevice {
  const createBindGroup = () => ({}) as GPUBindGroup;
  const createComputePipeline = () => ({ getBindGroupLayout: () => ({}) }) as unknown as GPUComputePipeline;
  return { createBindGroup, createComputePipeline } as unknown as GPUDevice;
}

describe('cacheBindGroups', () => {
  const layout = {} as GPUBindGroupLayout;
  const [a, b, c] = [{}, {}, {}] as [GPUBuffer, GPUBuffer, GPUBuffer];
  const bind = (device: GPUDevice, buffer: GPUBuffer, offset = 0) =>
    device.createBindGroup({ layout, entries: [{ binding: 0, resource: { buffer, offset } }] });

  it('gives the same bind group for the same layout, buffers and offsets', () => {
    const device = fakeDevice();
    cacheBindGroups(device, 10);
    expect(bind(device, a)).toBe(bind(device, a));
    expect(bind(device, a)).not.toBe(bind(device, b));
    expect(bind(device, a, 256)).not.toBe(bind(device, a));
  });

  it('keeps what is used in every step, whatever comes once', () => {
    const device = fakeDevice();
    cacheBindGroups(device, 2);
    const hot = bind(device, a);
    for (const once of [b, c]) {
      bind(device, once);
      expect(bind(device, a)).toBe(hot);
    }
  });

  it('gives a pipeline the same layout object every time', () => {
    const device = fakeDevice();
    cacheBindGroups(device, 2);
    const pipeline = device.createComputePipeline({} as GPUComputePipelineDescriptor);
    expect(pipeline.getBindGroupLayout(0)).toBe(pipeline.getBindGroupLayout(0));
  });
});
