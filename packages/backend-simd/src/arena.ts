import { OutOfMemoryError } from './out-of-memory-error';

const PAGE = 65536;
const GROWTH = 16 * 1024 * 1024;

/**
 * Allocates memory for tensors in a WebAssembly.Memory: blocks of rounded sizes with a free list per size, so that a training
 * loop reuses its blocks. Adjacent free blocks are merged before the memory grows.
 */
export class Arena {
  /** Bytes in blocks that are in use. */
  live = 0;
  /** The maximum of `live` so far. */
  peak = 0;
  private top: number;
  private free = new Map<number, number[]>();
  private freeBytes = 0;
  /** Merged free ranges, which are used before the top is raised. */
  private ranges: { start: number; bytes: number }[] = [];

  constructor(
    protected readonly memory: WebAssembly.Memory,
    private readonly start: number,
    /** Bytes that the memory can grow to. */
    private readonly limit: number,
  ) {
    this.top = start;
  }

  /** Bytes reserved so far, used and free. */
  get reserved(): number {
    return this.top - this.start;
  }

  /**
   * Allocates at least `bytes` bytes, aligned to 64, with undefined contents.
   *
   * @throws {OutOfMemoryError} when the memory has reached its limit, at most 4 GiB.
   */
  allocate(bytes: number): number {
    // A size of NaN would make every later address NaN.
    if (!(bytes >= 0)) throw new Error(`simd backend: ${bytes} is not a number of bytes`);
    const size = blockSize(bytes);
    const pointer = this.reuse(size) ?? this.split(size) ?? this.extend(size);
    this.live += size;
    if (this.live > this.peak) this.peak = this.live;
    return pointer;
  }

  /** Releases a block; `bytes` is the requested size. */
  release(pointer: number, bytes: number): void {
    const size = blockSize(bytes);
    this.live -= size;
    this.freeBytes += size;
    const list = this.free.get(size);
    if (list) list.push(pointer);
    else this.free.set(size, [pointer]);
  }

  private reuse(size: number): number | undefined {
    const pointer = this.free.get(size)?.pop();
    if (pointer !== undefined) this.freeBytes -= size;
    return pointer;
  }

  private split(size: number): number | undefined {
    let best = -1;
    for (let i = 0; i < this.ranges.length; i++) {
      const bytes = this.ranges[i]!.bytes;
      if (bytes >= size && (best < 0 || bytes < this.ranges[best]!.bytes)) best = i;
    }
    if (best < 0) return undefined;
    const range = this.ranges[best]!;
    const pointer = range.start;
    range.start += size;
    range.bytes -= size;
    if (range.bytes === 0) this.ranges.splice(best, 1);
    return pointer;
  }

  private extend(size: number): number {
    // Memory cannot shrink, so free blocks of other sizes are merged first.
    if (!this.hasRoom(size) && this.freeBytes >= size) {
      const pointer = this.mergeAndSplit(size);
      if (pointer !== undefined) return pointer;
    }
    if (this.hasRoom(size) || this.grow(size)) return this.raise(size);
    const pointer = this.mergeAndSplit(size);
    if (pointer !== undefined) return pointer;
    if (this.hasRoom(size) || this.grow(size)) return this.raise(size);
    throw this.exhausted(size);
  }

  private hasRoom(size: number): boolean {
    return this.top + size <= this.memory.buffer.byteLength;
  }

  private raise(size: number): number {
    const pointer = this.top;
    this.top += size;
    return pointer;
  }

  private mergeAndSplit(size: number): number | undefined {
    this.merge();
    return this.split(size);
  }

  /** Grows the memory above the top; false if that is not possible. */
  private grow(size: number): boolean {
    const available = this.memory.buffer.byteLength;
    const missing = this.top + size - available;
    const room = this.limit - available;
    if (missing > room) return false;
    const desired = Math.min(room, Math.max(missing, GROWTH, Math.ceil(available / 8)));
    for (const bytes of [desired, missing]) {
      try {
        this.memory.grow(Math.ceil(bytes / PAGE));
        return true;
      } catch {
        // The machine may still have enough memory for the smaller step.
      }
    }
    return false;
  }

  private exhausted(size: number): OutOfMemoryError {
    return new OutOfMemoryError(
      `simd backend: out of memory for a tensor of ${inUnits(size)}: ${inUnits(this.live)} are in use ` +
        `(peak ${inUnits(this.peak)}), and the memory has ${inUnits(this.memory.buffer.byteLength)} ` +
        `of at most ${inUnits(this.limit)}. Use a smaller batch, or dispose tensors that are no longer needed ` +
        '(tf.tidy, tf.memory()).',
    );
  }

  /** Merges adjacent free blocks. A free range at the top lowers the top. */
  private merge(): void {
    const blocks = [...this.ranges];
    for (const [bytes, pointers] of this.free) for (const start of pointers) blocks.push({ start, bytes });
    blocks.sort((a, b) => a.start - b.start);
    this.free.clear();
    this.freeBytes = 0;
    this.ranges = [];
    for (const { start, bytes } of blocks) {
      const last = this.ranges.at(-1);
      if (last && last.start + last.bytes === start) last.bytes += bytes;
      else this.ranges.push({ start, bytes });
    }
    const last = this.ranges.at(-1);
    if (last && last.start + last.bytes === this.top) {
      this.top = last.start;
      this.ranges.pop();
    }
  }
}

/** Formats bytes in the largest unit in which the number is at least 1. */
function inUnits(bytes: number): string {
  if (bytes < 2 ** 10) return `${bytes} bytes`;
  return bytes < 2 ** 20 ? `${(bytes / 2 ** 10).toFixed(1)} KiB` : `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

/** Rounds up to one of eight sizes per power of two, by at most an eighth. */
function blockSize(bytes: number): number {
  const size = Math.max(64, Math.ceil(bytes / 64) * 64);
  const step = Math.max(64, 2 ** Math.floor(Math.log2(size)) / 8);
  return Math.ceil(size / step) * step;
}
