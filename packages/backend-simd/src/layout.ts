// The layout of the wasm memory: a control page, one scratch buffer per thread, and the arena.

/** Byte offset of the control words (int32), which synchronize the threads. */
export const CONTROL = 4096;
/** Byte offset of the arguments of the current job, in float64, which holds both pointers and floats. */
export const ARGUMENTS = 8192;
export const SCRATCH = 65536;
export const SCRATCH_BYTES = 256 * 1024;

export const scratchPointer = (thread: number): number => SCRATCH + thread * SCRATCH_BYTES;

/** Indices of the control words. */
export const Word = {
  /** Increases by one with every job; workers sleep on it. */
  epoch: 0,
  /** The next task to claim: the tag of the job in the upper 16 bits, the task in the lower 16 bits. */
  next: 16,
  /** Number of tasks of the job. */
  tasks: 17,
  /** Index of the kernel in the exports of the module. */
  kernel: 18,
  /** Number of arguments. */
  argumentCount: 19,
  /** Number of items of the job, followed by the number of items per task. */
  items: 20,
  grain: 21,
  /** Number of finished tasks. */
  done: 32,
  /** 1 while the caller sleeps on `done`. */
  callerSleeps: 33,
  /** 1 if a kernel has trapped in a worker. */
  failed: 34,
  /** Number of workers that have started. */
  online: 48,
  /** Number of workers asleep on `epoch`. */
  sleepers: 49,
} as const;
