import { describe, expect, it } from 'vitest';
import { GuardedArena } from '../test/guarded-arena';

const memory = new WebAssembly.Memory({ initial: 16, maximum: 16 });
const arena = new GuardedArena(memory, 64, 2 ** 20);
const floats = (pointer: number, length: number) => new Float32Array(memory.buffer, pointer, length);

describe('GuardedArena', () => {
  it('fills new and reused blocks with NaN', () => {
    const first = arena.allocate(40);
    expect([...floats(first, 10)].every(Number.isNaN)).toBe(true);
    floats(first, 10).fill(1);
    arena.release(first, 40);
    expect([...floats(first, 10)].every(Number.isNaN)).toBe(true);
    expect(arena.allocate(40)).toBe(first);
    arena.release(first, 40);
    expect(arena.live).toBe(0);
  });

  it.each([
    [40, 10],
    [40, -1],
    [6, 2],
    [0, 0],
  ])('detects a write past %i bytes, at float %i', (bytes, at) => {
    const pointer = arena.allocate(bytes);
    floats(pointer, 0);
    new Float32Array(memory.buffer)[pointer / 4 + at] = 1;
    expect(() => arena.release(pointer, bytes)).toThrow(
      `wrote at offset ${4 * at} of a block of ${bytes} bytes`,
    );
    expect(arena.live).toBe(0);
  });
});
