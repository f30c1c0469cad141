import { ARGUMENTS, CONTROL, scratchOf, Word } from './layout';
import { canBlock, startThread, type Thread } from './platform';
import { workerSource } from './worker-source';

export type Kernel = (...values: number[]) => void;

const MOST_TASKS = 0xfff0;
const SPIN_MICROSECONDS = 50;
/** Tasks take milliseconds; this is for machines that are suspended, overloaded or throttled. */
const PATIENCE_MILLISECONDS = 30_000;

export interface Workers {
  count: number;
  /** How long the caller waits for a task that a worker has claimed; then the worker counts as dead. */
  patienceMilliseconds?: number;
}

/**
 * Runs kernels on several threads over one shared memory. The caller takes part in every job, so a worker that is
 * asleep or not yet started delays nothing; tasks are claimed one by one, so a slow thread gets fewer.
 */
export class Pool {
  private readonly control: Int32Array;
  private readonly slots: Float64Array;
  private readonly index: Map<string, number>;
  private readonly workers: Thread[] = [];
  private readonly mayBlock = canBlock();
  private readonly patience: number;
  private abandoned = false;
  private tag = 0;
  /** Why a worker did not start, or ended. */
  failure: unknown;

  constructor(
    private readonly kernels: Record<string, Kernel>,
    memory: WebAssembly.Memory,
    module: WebAssembly.Module,
    { count, patienceMilliseconds = PATIENCE_MILLISECONDS }: Workers,
  ) {
    this.patience = patienceMilliseconds;
    this.control = new Int32Array(memory.buffer, CONTROL, 64);
    this.slots = new Float64Array(memory.buffer, ARGUMENTS, 64);
    this.index = new Map(Object.keys(kernels).map((name, i) => [name, i]));
    for (let i = 1; i <= count; i++) {
      const data = { module, memory, scratch: scratchOf(i), spinMicroseconds: SPIN_MICROSECONDS };
      const onError = (error: unknown): void => {
        this.failure = error;
      };
      try {
        this.workers.push(startThread(workerSource, data, onError));
      } catch (error) {
        this.failure = error; // a page whose policy forbids workers; the caller then does all tasks
      }
    }
  }

  /** Workers that have started; the calling thread not counted. */
  get online(): number {
    return this.abandoned ? 0 : Atomics.load(this.control, Word.online);
  }

  /**
   * Calls kernel `name` with `values` for all units [0, units), `grain` units per task, and returns when all are done.
   *
   * @throws when the kernel traps in a worker, or a worker dies in the middle of a task; from then on the calling thread
   *   works alone.
   */
  run(name: string, values: readonly number[], units: number, grain: number): void {
    const kernel = this.kernels[name]!;
    const perTask = Math.max(1, grain, Math.ceil(units / MOST_TASKS));
    const tasks = Math.ceil(units / perTask);
    if (!(tasks > 1) || this.online === 0) {
      if (units > 0) kernel(...values, 0, units, scratchOf(0));
      return;
    }
    const tag = this.post(name, values, units, perTask, tasks);
    const error = this.takePart(kernel, values, units, perTask, tasks, tag);
    if (!this.awaitWorkers(tasks)) throw this.abandon(name);
    if (error) throw error;
    if (Atomics.load(this.control, Word.failed)) {
      throw new Error(`simd backend: kernel ${name} trapped in a worker thread`, { cause: this.failure });
    }
  }

  /** Ends the workers for good; what is run afterwards runs on the calling thread. */
  close(): void {
    this.abandoned = true;
    this.terminate();
  }

  terminate(): void {
    for (const worker of this.workers) worker.terminate();
  }

  private post(name: string, values: readonly number[], units: number, grain: number, tasks: number): number {
    const { control } = this;
    this.tag = (this.tag + 1) & 0x7fff;
    const first = this.tag << 16;
    // Closed (no task is below 0xffff) while the description changes, then open.
    Atomics.store(control, Word.next, first | 0xffff);
    control[Word.kernel] = this.index.get(name)!;
    control[Word.argumentCount] = values.length;
    control[Word.units] = units;
    control[Word.grain] = grain;
    this.slots.set(values);
    Atomics.store(control, Word.tasks, tasks);
    Atomics.store(control, Word.done, 0);
    Atomics.store(control, Word.failed, 0);
    Atomics.store(control, Word.callerSleeps, 0);
    Atomics.store(control, Word.next, first);
    Atomics.add(control, Word.epoch, 1);
    if (Atomics.load(control, Word.sleepers) > 0) Atomics.notify(control, Word.epoch, tasks - 1);
    return first;
  }

  private takePart(
    kernel: Kernel,
    values: readonly number[],
    units: number,
    grain: number,
    tasks: number,
    first: number,
  ): unknown {
    const { control } = this;
    const scratch = scratchOf(0);
    let error: unknown;
    for (;;) {
      const task = Atomics.add(control, Word.next, 1) - first;
      if (task >= tasks) return error;
      // After a trap the other tasks are still claimed, or the workers would be at work on this job during the next.
      try {
        if (!error) kernel(...values, task * grain, Math.min(units, (task + 1) * grain), scratch);
      } catch (trap) {
        error = trap;
      }
      Atomics.add(control, Word.done, 1);
    }
  }

  /** Waits until all tasks have ended; false when none did for longer than the patience allows. */
  private awaitWorkers(tasks: number): boolean {
    const { control } = this;
    let ended = -1;
    let waited = 0;
    let before = 0;
    for (let spins = 0; ; spins++) {
      const done = Atomics.load(control, Word.done);
      if (done >= tasks) return true;
      if (spins < 20000) continue;
      if (this.mayBlock) {
        Atomics.store(control, Word.callerSleeps, 1);
        Atomics.wait(control, Word.done, done, 1);
      } else if (spins % 1000 !== 0) {
        continue;
      }
      // Time in which the whole process was stopped is not the worker's: no interval counts for more than 10 ms.
      const now = performance.now();
      waited = done === ended ? waited + Math.min(10, now - before) : 0;
      if (waited > this.patience) return false;
      ended = done;
      before = now;
    }
  }

  private abandon(name: string): Error {
    this.abandoned = true;
    this.terminate();
    return new Error(
      `simd backend: a worker thread has not ended its part of kernel ${name} for ${this.patience / 1000} s; it was ` +
        'probably terminated. The backend works on with one thread; repeat the step',
      { cause: this.failure },
    );
  }
}
