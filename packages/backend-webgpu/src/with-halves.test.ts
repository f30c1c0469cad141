import { describe, expect, it } from 'vitest';
import { type Program, shaderOf } from './program';
import { withHalves } from './with-halves';

const info = { dataId: {}, shape: [8], dtype: 'float32' as const };

const program = (body: string, types: Program['types'] = {}, declarations = ''): Program => ({
  name: 'test',
  inputs: { x: info, y: info },
  outputs: { out: info },
  types,
  threads: 1,
  groups: [1, 1, 1],
  declarations: () => declarations,
  body: () => body,
});

const bodyOf = (body: string, names: string[], types?: Program['types']): string =>
  withHalves(program(body, types), names).body();

describe('withHalves', () => {
  it('leaves a program without halves as it is, its shader to the letter', () => {
    const given = program('out[lane] = x[lane] + y[lane];');
    expect(withHalves(given, [])).toBe(given);
    expect(shaderOf(given)).not.toContain('f16');
  });

  it('widens what is read', () => {
    expect(bodyOf('out[i] = x[i] + y[i];', ['x'])).toBe('out[i] = f32(x[i]) + y[i];');
    expect(bodyOf('let a = x[i][k] * max[0];', ['x'], { T: 'vec4<f32>' })).toBe(
      'let a = vec4<f32>(x[i])[k] * max[0];',
    );
  });

  it('widens within indices and leaves members and longer names alone', () => {
    expect(bodyOf('let a = x[u32(x[i])] + uniforms.x[0] + xx[0] + x_[1];', ['x'])).toBe(
      'let a = f32(x[u32(f32(x[i]))]) + uniforms.x[0] + xx[0] + x_[1];',
    );
  });

  it('narrows what is written', () => {
    const halved = withHalves(program('if (out_ == x[i]) { out[2 * i] = x[i]; }'), ['x', 'out']);
    expect(halved.body()).toBe('if (out_ == f32(x[i])) { out[2 * i] = halvesOf3(f32(x[i])); }');
    expect(halved.declarations!()).toContain('fn halvesOf3(value: f32) -> f16');
  });

  it('takes comparisons for reads', () => {
    expect(bodyOf('if (x[i] == y[i]) { return; }', ['x', 'y'])).toBe(
      'if (f32(x[i]) == f32(y[i])) { return; }',
    );
  });

  it('binds buffers of halves under another name of the program', () => {
    const halved = withHalves(program('', { T: 'vec4<f32>', y: 'f32' }), ['x', 'y']);
    const shader = shaderOf(halved);
    expect(halved.name).toBe('test, halves x y');
    expect(shader).toMatch(/^enable f16;/);
    expect(shader).toContain('x: array<vec4<f16>>;');
    expect(shader).toContain('y: array<f16>;');
    expect(shader).toContain('out: array<T>;');
  });
});
