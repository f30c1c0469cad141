import { LruCache } from './lru-cache';

// A backend that is created again, as by tf.engine().reset(), uses the same device with this cache.
const cached = new WeakSet<GPUDevice>();

/**
 * Makes a device return the same bind group for the same pipeline and buffers, and the same layout object for the same
 * pipeline, since training steps bind the same buffers again and again. Keeps the `capacity` most recently used bind groups.
 */
export function cacheBindGroups(device: GPUDevice, capacity: number): void {
  if (cached.has(device)) return;
  cached.add(device);
  const createBindGroup = device.createBindGroup.bind(device);
  const createComputePipeline = device.createComputePipeline.bind(device);
  const ids = new WeakMap<object, number>();
  let last = 0;
  const identify = (object: object): number => {
    let id = ids.get(object);
    if (id === undefined) {
      id = ++last;
      ids.set(object, id);
    }
    return id;
  };
  const groups = new LruCache<string, GPUBindGroup>(capacity);

  device.createComputePipeline = (descriptor) => {
    const pipeline = createComputePipeline(descriptor);
    const getBindGroupLayout = pipeline.getBindGroupLayout.bind(pipeline);
    const layouts: GPUBindGroupLayout[] = [];
    pipeline.getBindGroupLayout = (index) => {
      layouts[index] ??= getBindGroupLayout(index);
      return layouts[index];
    };
    return pipeline;
  };

  device.createBindGroup = (descriptor) => {
    let key = `${identify(descriptor.layout)}`;
    for (const { binding, resource } of descriptor.entries) {
      if (!('buffer' in resource)) return createBindGroup(descriptor);
      key += ` ${binding}:${identify(resource.buffer)}+${resource.offset ?? 0}:${resource.size ?? ''}`;
    }
    return groups.getOrMake(key, () => createBindGroup(descriptor));
  };
}
