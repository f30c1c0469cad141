// The fixed head of the wasm memory: a control page, then one scratch buffer per thread, then the arena.

/** Byte offset of the control words (int32) that the threads synchronize on. */
export const CONTROL = 4096;
/** Byte offset of the arguments (float64, so that pointers and floats both fit) of the running job. */
export const ARGUMENTS = 8192;
export const SCRATCH = 65536;
export const SCRATCH_BYTES = 256 * 1024;

export const scratchOf = (thread: number): number => SCRATCH + thread * SCRATCH_BYTES;

/** Indices of the control words. */
export const Word = {
  /** Grows by one with every job; workers sleep on it. */
  epoch: 0,
  /** Next task to claim: the job's tag in the upper 16 bits, the task in the lower. */
  next: 16,
  /** Tasks of the job. */
  tasks: 17,
  /** Index of the kernel among the module's exports. */
  kernel: 18,
  /** Number of arguments. */
  argumentCount: 19,
  /** Units of the job, and units per task. */
  units: 20,
  grain: 21,
  /** Tasks that have ended. */
  done: 32,
  /** 1 while the caller sleeps on `done`. */
  callerSleeps: 33,
  /** 1 when a kernel trapped in a worker. */
  failed: 34,
  /** Workers that have started. */
  online: 48,
  /** Workers asleep on `epoch`. */
  sleepers: 49,
} as const;
