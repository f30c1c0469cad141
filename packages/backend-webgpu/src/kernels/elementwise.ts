import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { groupsFor, type Uniform, u32 } from '../program';

const THREADS = 64;

interface Elementwise {
  name: string;
  inputs: Record<string, TensorInfo>;
  outputs: Record<string, TensorInfo>;
  uniforms?: Record<string, Uniform>;
  /** Of buffers whose elements are not T. */
  types?: Record<string, string>;
  /** Functions that the body calls, of values of type T. */
  declarations?: string;
  /**
   * WGSL that loads and stores element `i` of the buffers; T is f32, or vec4<f32> where the size allows, U the same of u32.
   * `placesOf(i)` are the indices of its numbers.
   */
  body: string;
}

/** Evaluates a formula for every element of tensors of one size. */
export function runElementwise(backend: WebgpuBackend, { name, uniforms, body, ...rest }: Elementwise): void {
  const size = util.sizeFromShape(Object.values(rest.outputs)[0]!.shape);
  const width = size % 4 === 0 ? 4 : 1;
  const count = size / width;
  backend.run({
    ...rest,
    name: `${name} of ${width}`,
    uniforms: { ...uniforms, count: u32(count) },
    types: { ...rest.types, ...(width === 4 && { T: 'vec4<f32>' }) },
    threads: THREADS,
    groups: groupsFor(Math.ceil(count / THREADS)),
    declarations: () => `
fn placesOf(i: u32) -> U { return ${width === 4 ? '4u * i + vec4(0u, 1u, 2u, 3u)' : 'i'}; }
${rest.declarations ?? ''}`,
    body: () => `
  let i = block * ${THREADS}u + lane;
  if (i >= uniforms.count) { return; }
  ${body}`,
  });
}
