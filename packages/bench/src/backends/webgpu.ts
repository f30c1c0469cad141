import * as tf from '@tensorflow/tfjs-core';
import { type Located, locate } from './locate';
import { npmCommand } from './npm-command';
import { type AdapterInfo, adapterText, isSoftware } from './software-adapter';
import { BackendUnavailable } from './unavailable';

interface Gpu {
  requestAdapter(options: object): Promise<{ info?: AdapterInfo } | null>;
}
interface Dawn {
  create(options: string[]): Gpu;
  globals: object;
}

const BRIDGE = '@tensorflow/tfjs-backend-webgpu';
/** Training kernels on top of the bridge; without this package the bridge trains with its own kernels. */
const FAST = '@tenfold/backend-webgpu';
const noAdapter =
  'install the graphics driver with Vulkan support (on Linux: libvulkan1 and the vendor driver, or ' +
  'mesa-vulkan-drivers); in a container, pass the GPU in';

/**
 * Activates tfjs's WebGPU backend on Dawn, Chromium's implementation as a Node package.
 *
 * @param allowSoftware whether an adapter that computes on the processor counts
 * @throws a {@link BackendUnavailable}: a package missing, no adapter, or only a software adapter
 */
export async function activateWebgpu(allowSoftware: boolean): Promise<Record<string, string>> {
  const [dawn, bridge, fast] = [locate('webgpu'), locate(BRIDGE), locate(FAST)];
  if (!dawn || !bridge) {
    const missing = [dawn ? [] : ['webgpu'], bridge ? [] : [BRIDGE]].flat();
    const verb = missing.length > 1 ? 'are' : 'is';
    const names = missing.join(' and ');
    throw new BackendUnavailable(
      'not installed',
      `${names} ${verb} not installed`,
      npmCommand('install', [...missing, ...(fast ? [] : [FAST])]),
    );
  }
  const info = await startDawn(dawn);
  const adapter = adapterText(info);
  if (isSoftware(info) && !allowSoftware) {
    throw new BackendUnavailable(
      'software only',
      `the only WebGPU adapter computes on the processor (${adapter})`,
      `it is slower than simd and never chosen automatically; --backend webgpu uses it anyway. For a GPU: ${noAdapter}`,
    );
  }
  if (fast) {
    const { registerWebgpu } = (await import(fast.url)) as {
      registerWebgpu(options: { allowSoftware: boolean }): Promise<unknown>;
    };
    await registerWebgpu({ allowSoftware });
    return { webgpu: dawn.version, [BRIDGE]: bridge.version, [FAST]: fast.version, adapter };
  }
  await import(bridge.url);
  if (!(await tf.setBackend('webgpu'))) {
    throw new BackendUnavailable('failed', `${BRIDGE} does not start on ${adapter}`, noAdapter);
  }
  return { webgpu: dawn.version, [BRIDGE]: bridge.version, adapter };
}

/** Defines the WebGPU globals of a browser in Node. The bridge reads them when it is imported. */
async function startDawn({ url }: Located): Promise<AdapterInfo> {
  let gpu: Gpu;
  try {
    const { create, globals } = (await import(url)) as Dawn;
    Object.assign(globalThis, globals);
    gpu = create([]);
  } catch (error) {
    const message = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new BackendUnavailable(
      'no binary',
      `webgpu does not load: ${message}`,
      `${npmCommand('install', ['webgpu'])} on a platform that it has a binary for (Linux, macOS, Windows; glibc)`,
      { cause: error },
    );
  }
  if (!globalThis.navigator) {
    Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true });
  }
  Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true });
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new BackendUnavailable('no GPU', 'Dawn finds no GPU here', noAdapter);
  return adapter.info ?? {};
}
