import type { Kernels } from '@tenfold/kernels';
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { f32, u32 } from '../program';
import { storeActivation } from '../store-activation';
import { runElementwise } from './elementwise';
import { assertFloats } from './floats';

type DropoutAttrs = Kernels['Dropout']['attributes'];

/**
 * inputs { x }, attrs { rate, key }: 0 where uᵢ < rate, else x/(1 − rate), uᵢ = ⌊hᵢ/2⁸⌋/2²⁴,
 * hᵢ = f(f(i ⊕ key₀) + key₁) mod 2³² with f MurmurHash3's 32-bit finalizer; the same kernel is its gradient.
 */
export const dropout: KernelConfig = {
  kernelName: 'Dropout',
  backendName: 'webgpu',
  kernelFunc: ({ inputs: given, backend, attrs }) => {
    const webgpu = backend as WebgpuBackend;
    const { x } = given as { x: TensorInfo };
    const { rate, key } = attrs as unknown as DropoutAttrs;
    assertFloats('Dropout', { x });
    const out = webgpu.output(x.shape);
    const run = (inputs: Record<string, TensorInfo>) =>
      runElementwise(webgpu, {
        name: 'dropout',
        inputs,
        outputs: { out },
        uniforms: {
          first: u32(key[0]),
          second: u32(key[1]),
          // A fraction of 24 bits is below the rate where its bits are below this integer.
          threshold: u32(Math.ceil(rate * 2 ** 24)),
          kept: f32(1 / (1 - rate)),
        },
        declarations: `
fn finalize(x: U) -> U {
  var h = (x ^ (x >> U(16u))) * 0x85ebca6bu;
  h = (h ^ (h >> U(13u))) * 0xc2b2ae35u;
  return h ^ (h >> U(16u));
}`,
        body: `
  let word = finalize(finalize(placesOf(i) ^ U(uniforms.first)) + uniforms.second);
  let isDropped = (word >> U(8u)) < U(uniforms.threshold);
  store_out(i, select(load_x(i) * uniforms.kept, T(0.0), isDropped));`,
      });
    storeActivation(webgpu, { x }, out, run);
    return out;
  },
};
