import { WebgpuUnavailable } from './unavailable';

export interface DeviceOptions {
  powerPreference: GPUPowerPreference;
  allowSoftware: boolean;
  /** Whether the device must support float16. */
  float16?: boolean;
}

export interface Device {
  device: GPUDevice;
  info: GPUAdapterInfo;
  /** Vendor, architecture and name, for people. */
  description: string;
  /** Whether it computes on the processor. */
  software: boolean;
}

const DRIVER =
  'install the driver of the graphics card: on Linux its Vulkan part too (libvulkan1 and the vendor driver, or mesa-vulkan-drivers of Mesa 23 or newer; `vulkaninfo --summary` shows what is found); in a container, pass the GPU in';

/**
 * A device with all limits and features of the adapter.
 *
 * @throws a {@link WebgpuUnavailable}
 */
export async function requestDevice(
  gpu: GPU,
  { powerPreference, allowSoftware, float16 = false }: DeviceOptions,
): Promise<Device> {
  const adapter = await gpu.requestAdapter({ powerPreference });
  if (!adapter) {
    throw new WebgpuUnavailable(
      'no adapter',
      'WebGPU found no usable GPU: there is none, or its driver is missing or too old',
      DRIVER,
    );
  }
  const { info } = adapter;
  const description = [info.vendor, info.architecture, info.device, info.description]
    .filter(Boolean)
    .join(' ');
  const software = info.isFallbackAdapter === true || isSoftware(description);
  if (software && !allowSoftware) {
    throw new WebgpuUnavailable(
      'software only',
      `the only WebGPU adapter computes on the processor (${description})`,
      `it is slower than @tenfold/backend-simd; for a GPU ${DRIVER}. To use it nevertheless, give allowSoftware: true`,
    );
  }
  if (float16 && !adapter.features.has('shader-f16')) {
    throw new WebgpuUnavailable(
      'no float16',
      `${description} has no float16 in its shaders (shader-f16)`,
      'leave float16 out: everything is float32 then. A newer driver or browser may have it where the GPU does',
    );
  }
  // Experimental features may cost speed or checks, and are unavailable without a flag anyway.
  const requiredFeatures = [...adapter.features].filter(
    (name) => !/^(chromium|dawn)-/.test(name),
  ) as GPUFeatureName[];
  try {
    const device = await adapter.requestDevice({ requiredFeatures, requiredLimits: selectLimits(adapter) });
    return { device, info, description, software };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new WebgpuUnavailable(
      'no device',
      `${description} gives no device (${message})`,
      'close other programs that use the GPU, update its driver, and try again',
      { cause },
    );
  }
}

/** Whether an adapter's description is that of one that computes on the processor. */
export const isSoftware = (description: string): boolean =>
  /swiftshader|llvmpipe|lavapipe|basic render|\bsoftware\b/i.test(description);

// Limits are getters of a prototype, so they are not found by Object.keys.
function selectLimits({ limits }: GPUAdapter): Record<string, number> {
  const all: Record<string, number> = {};
  for (const name in limits) {
    const value = limits[name as keyof GPUSupportedLimits];
    if (typeof value === 'number') all[name] = value;
  }
  return all;
}
