import { describe, expect, it } from 'vitest';
import { Arena } from './arena';

const mebibyte = 2 ** 20;
const createArena = (maximumPages: number): Arena =>
  new Arena(new WebAssembly.Memory({ initial: 1, maximum: maximumPages }), 64, maximumPages * 65536);

describe('Arena', () => {
  it('allocates aligned blocks that do not overlap', () => {
    const arena = createArena(256);
    const blocks = [1, 64, 65, 1000, 5000, 100000].map((bytes) => ({ start: arena.allocate(bytes), bytes }));
    for (const { start } of blocks) expect(start % 64).toBe(0);
    for (const [i, { start, bytes }] of blocks.entries()) {
      if (i > 0) expect(start).toBeGreaterThanOrEqual(blocks[i - 1]!.start + blocks[i - 1]!.bytes);
      expect(bytes).toBeGreaterThan(0);
    }
  });

  it('reuses the same block in a loop', () => {
    const arena = createArena(256);
    const first = arena.allocate(10000);
    arena.release(first, 10000);
    expect(arena.allocate(9990)).toBe(first);
    expect(arena.live).toBeGreaterThanOrEqual(9990);
  });

  it('merges adjacent free blocks before it grows', () => {
    const arena = createArena(512); // 32 MiB
    const parts = Array.from({ length: 28 }, () => arena.allocate(mebibyte));
    for (const part of parts) arena.release(part, mebibyte);
    const reserved = arena.reserved;
    const whole = arena.allocate(24 * mebibyte); // does not fit after the parts
    expect(arena.reserved).toBeLessThanOrEqual(reserved);
    arena.release(whole, 24 * mebibyte);
    expect(arena.live).toBe(0);
  });

  it('reports the memory in use when it is exhausted, and continues to work', () => {
    const arena = createArena(512);
    const block = arena.allocate(20 * mebibyte);
    expect(() => arena.allocate(20 * mebibyte)).toThrow(
      /out of memory for a tensor of 20.0 MiB: 20.0 MiB are in use/,
    );
    arena.release(block, 20 * mebibyte);
    arena.release(arena.allocate(20 * mebibyte), 20 * mebibyte);
  });

  it('merges small blocks and the space above them before it gives up', () => {
    const arena = createArena(512);
    const small = Array.from({ length: 20 }, () => arena.allocate(mebibyte));
    for (const block of small) arena.release(block, mebibyte);
    // The free bytes suffice only together with the space above them.
    const whole = arena.allocate(30 * mebibyte);
    arena.release(whole, 30 * mebibyte);
    expect(arena.live).toBe(0);
  });

  it('names small sizes in bytes and KiB', () => {
    const arena = createArena(16);
    const take = () => {
      for (;;) arena.allocate(512);
    };
    expect(take).toThrow(/out of memory for a tensor of 512 bytes/);
    expect(() => arena.allocate(3072)).toThrow(/out of memory for a tensor of 3.0 KiB/);
  });

  it('rejects a size that is not a number', () => {
    expect(() => createArena(256).allocate(Number.NaN)).toThrow(/NaN/);
  });
});
