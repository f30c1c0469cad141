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
  /** Identifies the code: programs with the same name must have the same code, buffer names and uniform names. */
  name: string;
  /** What it reads: an input `x` by `load_x(i)`, of which it must have one, and `length_x()`, its number of elements. */
  inputs: Record<string, TensorInfo>;
  /** What it writes: an output `y` by `store_y(i, value)`, of which it must have one. */
  outputs: Record<string, TensorInfo>;
  uniforms?: Record<string, Uniform>;
  /** What the elements of a buffer are, where they are not `T`; and what `T` is, `f32` by default; `U` is the same of u32. */
  types?: Record<string, string>;
  /**
   * Names of the buffers whose floats are stored in 16 bits: loads return float32, and stores round. Finite values are clamped to
   * ±65504; infinity and NaN are kept.
   */
  float16?: readonly string[];
  /** Number of threads of a workgroup. */
  threads: number;
  groups: readonly [number, number, number];
  /** Declarations outside of the entry point: functions, workgroup memory. */
  declarations?: () => string;
  /**
   * The entry point's body. It sees `group` (the workgroup's index in three dimensions), `block` (the same as one
   * number), `lane` (the thread within the workgroup), the access functions of the buffers and `uniforms.NAME`.
   */
  body: () => string;
}

/** The WGSL of a program: bindings, access functions, uniforms and the entry point around its body. */
export function buildShader({
  inputs,
  outputs,
  uniforms = {},
  types = {},
  float16 = [],
  threads,
  ...program
}: Program): string {
  const { T = 'f32' } = types;
  const elementType = (name: string): string => {
    const type = types[name] ?? 'T';
    return type === 'T' ? T : type;
  };
  const storedType = (name: string): string =>
    float16.includes(name) ? elementType(name).replace('f32', 'f16') : elementType(name);
  const [reads, writes] = [Object.keys(inputs), Object.keys(outputs)];
  const buffers = [
    ...reads.map((name) => `var<storage, read> ${name}_buffer: array<${storedType(name)}>;`),
    ...writes.map((name) => `var<storage, read_write> ${name}_buffer: array<${storedType(name)}>;`),
  ];
  const access = [
    ...reads.map((name) => loadFunction(name, elementType(name), storedType(name))),
    ...writes.map((name) => storeFunction(name, elementType(name), storedType(name))),
  ];
  const rounded = new Set(writes.filter((name) => float16.includes(name)).map(elementType));
  const fields = Object.entries(uniforms).map(([name, { type }]) => `${name}: ${type},`);
  const bindings = buffers.map((declaration, i) => `@group(0) @binding(${i}) ${declaration}`);
  if (fields.length > 0) {
    bindings.push(`@group(0) @binding(${buffers.length}) var<uniform> uniforms: Uniforms;`);
  }
  return `${float16.length > 0 || Object.values(types).some((type) => type.includes('f16')) ? 'enable f16;' : ''}
alias T = ${T};
alias U = ${T.replace('f32', 'u32')};
${fields.length > 0 ? `struct Uniforms { ${fields.join(' ')} }` : ''}
${bindings.join('\n')}
${[...rounded].map(rounder).join('')}
${access.join('\n')}
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

function loadFunction(name: string, type: string, stored: string): string {
  const element = `${name}_buffer[i]`;
  return `fn load_${name}(i: u32) -> ${type} { return ${stored === type ? element : `${type}(${element})`}; }
fn length_${name}() -> u32 { return arrayLength(&${name}_buffer); }`;
}

const storeFunction = (name: string, type: string, stored: string): string =>
  `fn store_${name}(i: u32, value: ${type}) { ${name}_buffer[i] = ${stored === type ? 'value' : `toFloat16${suffix(type)}(value)`}; }`;

// WGSL has no overloads.
const suffix = (type: string): string => (type === 'f32' ? '' : 'Vector');

const rounder = (type: string): string => {
  const [stored, bits] = [type.replace('f32', 'f16'), type.replace('f32', 'u32')];
  return `
fn toFloat16${suffix(type)}(value: ${type}) -> ${stored} {
  let isFinite = (bitcast<${bits}>(value) & ${bits}(0x7f800000u)) != ${bits}(0x7f800000u);
  return ${stored}(select(value, clamp(value, ${type}(-65504.0), ${type}(65504.0)), isFinite));
}`;
};

const MOST_GROUPS = 65535;

/** Workgroups for `count` blocks, of which a dimension can hold 65,535; those beyond `count` have nothing to do. */
export function groupsFor(count: number): readonly [number, number, number] {
  if (count <= MOST_GROUPS) return [count, 1, 1];
  const rows = Math.ceil(count / MOST_GROUPS);
  return [Math.ceil(count / rows), rows, 1];
}
