import { Arena } from '../src/arena';

/** The number of bytes before and after every block, a multiple of its alignment. */
const GUARD = 64;
/** A signaling NaN that no computation produces. */
const GUARD_WORD = 0x7fa0_9a4d;
const NAN_WORD = 0x7fc0_0000;

/**
 * An arena for tests. New and released blocks are filled with NaN, so that a kernel that reads uninitialized or released memory computes
 * NaN. Guard words before and after every block detect writes out of bounds when the block is released.
 */
export class GuardedArena extends Arena {
  override allocate(bytes: number): number {
    const start = super.allocate(bytes + 2 * GUARD);
    // Bytes that do not fill a word are after the last whole one.
    const words = new Uint32Array(this.memory.buffer, start, (2 * GUARD + (bytes & ~3)) >> 2);
    words.fill(GUARD_WORD);
    words.subarray(GUARD >> 2, (GUARD + bytes) >> 2).fill(NAN_WORD);
    return start + GUARD;
  }

  override release(pointer: number, bytes: number): void {
    const start = pointer - GUARD;
    const end = (GUARD + bytes + 3) >> 2;
    const words = new Uint32Array(this.memory.buffer, start, (2 * GUARD + (bytes & ~3)) >> 2);
    const broken = words.findIndex((word, i) => (i < GUARD >> 2 || i >= end) && word !== GUARD_WORD);
    words.subarray(GUARD >> 2, end).fill(NAN_WORD);
    super.release(start, bytes + 2 * GUARD);
    if (broken >= 0) {
      const offset = 4 * broken - GUARD;
      throw new Error(`a kernel wrote at offset ${offset} of a block of ${bytes} bytes`);
    }
  }
}
