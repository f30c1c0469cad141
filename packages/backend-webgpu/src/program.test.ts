import { describe, expect, it } from 'vitest';
import { buildShader, groupsFor, type Program, u32 } from './program';

const info = { dataId: {}, shape: [8], dtype: 'float32' as const };

const program = (more: Partial<Program> = {}): Program => ({
  name: 'test',
  inputs: { x: info, y: info },
  outputs: { out: info },
  threads: 1,
  groups: [1, 1, 1],
  body: () => 'store_out(lane, load_x(lane) + load_y(lane));',
  ...more,
});

describe('buildShader', () => {
  it('declares an access function for every buffer', () => {
    const shader = buildShader(program({ uniforms: { count: u32(3) }, types: { y: 'i32' } }));
    expect(shader).toContain('@group(0) @binding(0) var<storage, read> x_buffer: array<f32>;');
    expect(shader).toContain('@group(0) @binding(1) var<storage, read> y_buffer: array<i32>;');
    expect(shader).toContain('@group(0) @binding(2) var<storage, read_write> out_buffer: array<f32>;');
    expect(shader).toContain('@group(0) @binding(3) var<uniform> uniforms: Uniforms;');
    expect(shader).toContain('fn load_x(i: u32) -> f32 { return x_buffer[i]; }');
    expect(shader).toContain('fn load_y(i: u32) -> i32 { return y_buffer[i]; }');
    expect(shader).toContain('fn length_x() -> u32 { return arrayLength(&x_buffer); }');
    expect(shader).toContain('fn store_out(i: u32, value: f32) { out_buffer[i] = value; }');
    expect(shader).not.toContain('f16');
  });

  it('has vectors where T is one', () => {
    const shader = buildShader(program({ types: { T: 'vec4<f32>', y: 'f32' } }));
    expect(shader).toContain('alias T = vec4<f32>;');
    expect(shader).toContain('fn load_x(i: u32) -> vec4<f32> { return x_buffer[i]; }');
    expect(shader).toContain('fn load_y(i: u32) -> f32 { return y_buffer[i]; }');
  });

  it('converts at the access where a buffer stores float16', () => {
    const shader = buildShader(program({ float16: ['x', 'out'] }));
    expect(shader).toMatch(/^enable f16;/);
    expect(shader).toContain('x_buffer: array<f16>;');
    expect(shader).toContain('fn load_x(i: u32) -> f32 { return f32(x_buffer[i]); }');
    expect(shader).toContain('fn load_y(i: u32) -> f32 { return y_buffer[i]; }');
    expect(shader).toContain('fn store_out(i: u32, value: f32) { out_buffer[i] = toFloat16(value); }');
    const vectors = buildShader(program({ float16: ['out'], types: { T: 'vec4<f32>' } }));
    expect(vectors).toContain('out_buffer: array<vec4<f16>>;');
    expect(vectors).toContain('fn toFloat16Vector(value: vec4<f32>) -> vec4<f16> {');
  });
});

describe('groupsFor', () => {
  it('spreads many workgroups over two dimensions', () => {
    expect(groupsFor(7)).toEqual([7, 1, 1]);
    const [x, y] = groupsFor(100_000);
    expect(x).toBeLessThanOrEqual(65_535);
    expect(x * y).toBeGreaterThanOrEqual(100_000);
  });
});
