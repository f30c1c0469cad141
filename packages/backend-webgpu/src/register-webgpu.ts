import { assertOptions, count, flag, type Kinds, listOf, oneOf, text } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { version } from '../package.json';
import { autotune as tune } from './autotune';
import { WebgpuBackend } from './backend';
import { findGpu } from './find-gpu';
import { registerKernels } from './kernels';
import { measureTiles } from './measure-tiles';
import { type Device, requestDevice } from './request-device';
import { setTileCosts } from './tiles';
import { userStore } from './user-store';

export interface WebgpuOptions {
  /** Which GPU to use if there are two; 'high-performance' by default. */
  powerPreference?: GPUPowerPreference;
  /** Whether to accept an adapter that computes on the processor; false by default. */
  allowSoftware?: boolean;
  /** Dispatches per submit, an integer of at least 1; 128 by default. */
  dispatchesPerSubmit?: number;
  /** Whether to measure the tiles of matrix products and convolutions on a GPU, once per driver; true by default. */
  autotune?: boolean;
  /**
   * Whether to store activations that the backward pass reads again in float16, with half the memory and half the traffic; all
   * sums, gradients and parameters stay float32. False by default.
   */
  float16?: boolean;
  /** Options of Dawn, in Node: `['adapter=NVIDIA']`, `['backend=vulkan']`; read by the first call only. */
  dawnOptions?: string[];
}

/** The adapter and settings of the backend. */
export interface WebgpuInfo {
  /** Vendor, architecture and name of the adapter. */
  adapter: string;
  /** Whether it computes on the processor. */
  software: boolean;
  /** Where the tiles of products come from: a rule, a measurement now, or a stored measurement of an earlier call. */
  tiles: 'fixed' | 'measured' | 'remembered';
}

const kinds: Kinds<WebgpuOptions> = {
  powerPreference: oneOf('high-performance', 'low-power'),
  allowSoftware: flag,
  dispatchesPerSubmit: count,
  autotune: flag,
  float16: flag,
  dawnOptions: listOf(text),
};

const PRIORITY = 3; // that of tfjs's own

/**
 * Registers the backend 'webgpu' for training and makes it the current one, in Node and in browsers. An existing backend of that
 * name is replaced, and its tensors are lost.
 *
 * @returns the adapter and settings
 * @throws a `WebgpuUnavailable` that says what is missing and how to get it; an Error when an option is unknown or out
 *   of its range
 * @example
 * import '@tenfold/gradients';
 * import { registerWebgpu } from '@tenfold/backend-webgpu';
 *
 * const { adapter } = await registerWebgpu();
 * console.log(`training on ${adapter}`);
 */
export async function registerWebgpu(options: WebgpuOptions = {}): Promise<WebgpuInfo> {
  assertOptions('registerWebgpu', options, kinds);
  const {
    powerPreference = 'high-performance',
    allowSoftware = false,
    dispatchesPerSubmit = 128,
    autotune = true,
    float16 = false,
    dawnOptions = [],
  } = options;
  const gpu = await findGpu(dawnOptions);
  const found = await requestDevice(gpu, { powerPreference, allowSoftware, float16 });
  const { device, info, description, software } = found;
  registerKernels();
  tf.env().set('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE', dispatchesPerSubmit);
  if (tf.engine().registryFactory.webgpu) tf.removeBackend('webgpu');
  const create = () => new WebgpuBackend(device, info, { description, float16, onDispose });
  // tf.engine().reset() makes a backend anew by the same function, tf.removeBackend() and another registerWebgpu() end it:
  // then the device goes, and with it all of its memory.
  const onDispose = () =>
    queueMicrotask(() => {
      if (tf.engine().registryFactory.webgpu?.factory !== create) device.destroy();
    });
  tf.registerBackend('webgpu', create, PRIORITY);
  await tf.setBackend('webgpu');
  // The processor says nothing about a GPU, and is another one while other programs run.
  const tiles = autotune && !software ? await tuneTiles(found) : 'fixed';
  return { adapter: description, software, tiles };
}

/** Makes the products on a device use its fastest tiles. */
async function tuneTiles({ device, description }: Device): Promise<'measured' | 'remembered'> {
  const { costs, remembered } = await tune({
    // The driver is a part of the description, where the implementation reports it.
    key: `${description}, ${version}`,
    store: userStore(),
    measure: () => measureTiles(tf.backend() as WebgpuBackend),
  });
  setTileCosts(device, costs);
  return remembered ? 'remembered' : 'measured';
}
