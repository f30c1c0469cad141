import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { BackendCore } from './backend-core';
import { groupsFor, u32 } from './program';

const THREADS = 64;

/** Converts a buffer of integers or of float16 to float32. */
export function toFloat32(backend: BackendCore, x: TensorInfo, type: 'i32' | 'f16', out: TensorInfo): void {
  const count = util.sizeFromShape(out.shape);
  backend.run({
    name: `${type} to float32`,
    inputs: { x },
    outputs: { out },
    types: { x: type },
    uniforms: { count: u32(count) },
    threads: THREADS,
    groups: groupsFor(Math.ceil(count / THREADS)),
    body: () => `
  let i = block * ${THREADS}u + lane;
  if (i < uniforms.count) { store_out(i, f32(load_x(i))); }`,
  });
}
