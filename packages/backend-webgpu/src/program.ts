import type { TensorInfo } from '@tensorflow/tfjs-core';

/** A 32-bit value that a shader reads from its uniforms. */
export interface Uniform {
  type: 'u32' | 'i32' | 'f32';
  value: number;
}

export const u32 = (value: number): Uniform => ({ type: 'u32', value });
export const i32 = (value: number): Uniform => ({ type: 'i32', value });
export const f32 = (value: number): Uniform => ({ type: 'f32', value });

/** One dispatch of a compute shader: what it reads and writes, and its WGSL. */
export interface Program {
  /** Names the code: programs of one name must have the same code, buffers' names and uniforms' names. */
  name: string;
  inputs: Record<string, TensorInfo>;
  outputs: Record<string, TensorInfo>;
  uniforms?: Record<string, Uniform>;
  /** What the elements of a buffer are, where they are not `T`; and what `T` is, `f32` by default. */
  types?: Record<string, string>;
  /** Number of threads of a workgroup. */
  threads: number;
  groups: readonly [number, number, number];
  /** Declarations outside of the entry point: functions, workgroup memory. */
  declarations?: () => string;
  /**
   * The entry point's body. It sees `group` (the workgroup's index in three dimensions), `block` (the same as one
   * number), `lane` (the thread within the workgroup), the buffers by name and `uniforms.NAME`; it must use every buffer.
   */
  body: () => string;
}

/** The WGSL of a program: bindings, uniforms and entry point around its body. */
export function shaderOf({
  inputs,
  outputs,
  uniforms = {},
  types = {},
  threads,
  ...program
}: Program): string {
  const buffers = [
    ...Object.keys(inputs).map((name) => `var<storage, read> ${name}: array<${types[name] ?? 'T'}>;`),
    ...Object.keys(outputs).map((name) => `var<storage, read_write> ${name}: array<${types[name] ?? 'T'}>;`),
  ];
  const fields = Object.entries(uniforms).map(([name, { type }]) => `${name}: ${type},`);
  const bindings = buffers.map((declaration, i) => `@group(0) @binding(${i}) ${declaration}`);
  if (fields.length > 0) {
    bindings.push(`@group(0) @binding(${buffers.length}) var<uniform> uniforms: Uniforms;`);
  }
  const isHalved = Object.values(types).some((type) => type.includes('f16'));
  return `${isHalved ? 'enable f16;' : ''}
alias T = ${types.T ?? 'f32'};
${fields.length > 0 ? `struct Uniforms { ${fields.join(' ')} }` : ''}
${bindings.join('\n')}
${program.declarations?.() ?? ''}
@compute @workgroup_size(${threads})
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let block = (group.z * groups.y + group.y) * groups.x + group.x;
${program.body()}
}
`;
}

const MOST_GROUPS = 65535;

/** Workgroups for `count` blocks, of which a dimension can hold 65,535; those beyond `count` have nothing to do. */
export function groupsFor(count: number): readonly [number, number, number] {
  if (count <= MOST_GROUPS) return [count, 1, 1];
  const rows = Math.ceil(count / MOST_GROUPS);
  return [Math.ceil(count / rows), rows, 1];
}
