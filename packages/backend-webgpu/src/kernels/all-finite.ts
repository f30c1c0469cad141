import * as tf from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { groupsFor, u32 } from '../program';
import { assertFloats } from './floats';

const THREADS = 64;
/** Elements per workgroup, unless there are too many elements for the largest number of workgroups. */
const ELEMENTS = 4096;
const MOST_GROUPS = 512;

/**
 * inputs: any, float32: output bool [], whether every value of all of them is finite.
 *
 * A dispatch checks as many inputs as the device can bind; each workgroup writes whether it found a value that is not finite.
 * The last dispatch combines these.
 */
export const allFinite: tf.KernelConfig = {
  kernelName: 'AllFinite',
  backendName: 'webgpu',
  kernelFunc: (call) => {
    const backend = call.backend as WebgpuBackend;
    const inputs = call.inputs as Record<string, tf.TensorInfo>;
    assertFloats('AllFinite', inputs);
    const tensors = Object.values(inputs).filter(({ shape }) => tf.util.sizeFromShape(shape) > 0);
    const most = backend.device.limits.maxStorageBuffersPerShaderStage - 1;
    const parts = Array.from({ length: Math.ceil(tensors.length / most) }, (_, i) =>
      tensors.slice(most * i, most * (i + 1)),
    );
    const groups = parts.map((part) => {
      const size = part.reduce((sum, { shape }) => sum + tf.util.sizeFromShape(shape), 0);
      return Math.min(MOST_GROUPS, Math.ceil(size / ELEMENTS));
    });
    const found = backend.output([
      Math.max(
        1,
        groups.reduce((a, b) => a + b, 0),
      ),
    ]);
    let first = 0;
    for (const [i, part] of parts.entries()) {
      search(backend, part, found, first, groups[i]!);
      first += groups[i]!;
    }
    const out = backend.makeTensorInfo([], 'bool');
    backend.run({
      name: 'all finite',
      inputs: { found },
      outputs: { out },
      types: { out: 'i32' },
      uniforms: { count: u32(first) },
      threads: THREADS,
      groups: [1, 1, 1],
      declarations: () => 'var<workgroup> anyFound: atomic<u32>;',
      body: () => `
  for (var i = lane; i < uniforms.count; i += ${THREADS}u) {
    if (load_found(i) != 0.0) { atomicStore(&anyFound, 1u); }
  }
  workgroupBarrier();
  if (lane == 0u) { store_out(0u, select(1, 0, atomicLoad(&anyFound) != 0u)); }`,
    });
    backend.disposeData(found.dataId);
    return out;
  },
};

/** Writes 1 for each workgroup that finds NaN or infinity in its share of the tensors, and 0 for the others. */
function search(
  backend: WebgpuBackend,
  tensors: tf.TensorInfo[],
  found: tf.TensorInfo,
  first: number,
  groups: number,
): void {
  const names = tensors.map((_, k) => `x${k}`);
  backend.run({
    name: `not finite in ${tensors.length}`,
    inputs: Object.fromEntries(tensors.map((tensor, k) => [`x${k}`, tensor])),
    outputs: { found },
    uniforms: { first: u32(first), stride: u32(THREADS * groups) },
    threads: THREADS,
    groups: groupsFor(groups),
    // By its bits, since a compiler may assume that all numbers are finite.
    declarations: () => `
var<workgroup> anyFound: atomic<u32>;
fn check(x: f32) { if ((bitcast<u32>(x) & 0x7f800000u) == 0x7f800000u) { atomicStore(&anyFound, 1u); } }`,
    body: () => `
  let start = block * ${THREADS}u + lane;
  ${names.map((x) => `for (var i = start; i < length_${x}(); i += uniforms.stride) { check(load_${x}(i)); }`).join('\n  ')}
  workgroupBarrier();
  if (lane == 0u) { store_found(uniforms.first + block, f32(atomicLoad(&anyFound))); }`,
  });
}
