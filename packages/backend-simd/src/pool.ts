import { ARGUMENTS, CONTROL, scratchPointer, Word } from './layout';
import { canBlock, startThread, type Thread } from './platform';
import { workerSource } from './worker-source';

export type Kernel = (...values: number[]) => void;

const MOST_TASKS = 0xfff0;
const SPIN_MICROSECONDS = 50;
/** Tasks take milliseconds. The timeout allows for machines that are suspended, overloaded or throttled. */
const TIMEOUT_MILLISECONDS = 30_000;

export interface Workers {
  count: number;
  /** How long the caller waits for a task of a worker before the worker counts as dead. */
  timeoutMilliseconds?: number;
}

/**
 * Runs kernels on several threads with shared memory. The caller takes part in every job, so a worker that is asleep or has not
 * started causes no delay. Threads claim tasks one at a time, so a slow thread gets fewer.
 */
export class Pool {
  private readonly control: Int32Array;
  private readonly slots: Float64Array;
  private readonly index: Map<string, number>;
  private readonly workers: Thread[] = [];
  private readonly mayBlock = canBlock();
  private readonly timeout: number;
  private abandoned = false;
  private tag = 0;
  /** The reason why a worker did not start, or ended. */
  failure: unknown;

  constructor(
    private readonly kernels: Record<string, Kernel>,
    memory: WebAssembly.Memory,
    module: WebAssembly.Module,
    { count, timeoutMilliseconds = TIMEOUT_MILLISECONDS }: Workers,
  ) {
    this.timeout = timeoutMilliseconds;
    this.control = new Int32Array(memory.buffer, CONTROL, 64);
    this.slots = new Float64Array(memory.buffer, ARGUMENTS, 64);
    this.index = new Map(Object.keys(kernels).map((name, i) => [name, i]));
    for (let i = 1; i <= count; i++) {
      const data = { module, memory, scratch: scratchPointer(i), spinMicroseconds: SPIN_MICROSECONDS };
      const onError = (error: unknown): void => {
        this.failure = error;
      };
      try {
        this.workers.push(startThread(workerSource, data, onError));
      } catch (error) {
        this.failure = error; // the policy of the page forbids workers; the caller then runs all tasks
      }
    }
  }

  /** The number of workers that have started, without the calling thread. */
  get online(): number {
    return this.abandoned ? 0 : Atomics.load(this.control, Word.online);
  }

  /**
   * Calls the kernel `name` with `values` for all items [0, items), with `grain` items per task, and returns when all are done.
   *
   * @throws when the kernel traps in a worker, or a worker dies during a task; from then on, only the calling thread works
   */
  run(name: string, values: readonly number[], items: number, grain: number): void {
    const kernel = this.kernels[name]!;
    const perTask = Math.max(1, grain, Math.ceil(items / MOST_TASKS));
    const tasks = Math.ceil(items / perTask);
    if (!(tasks > 1) || this.online === 0) {
      if (items > 0) kernel(...values, 0, items, scratchPointer(0));
      return;
    }
    const tag = this.post(name, values, items, perTask, tasks);
    const error = this.takePart(kernel, values, items, perTask, tasks, tag);
    if (!this.awaitWorkers(tasks)) throw this.abandon(name);
    if (error) throw error;
    if (Atomics.load(this.control, Word.failed)) {
      throw new Error(`simd backend: kernel ${name} trapped in a worker thread`, { cause: this.failure });
    }
  }

  /** Ends the workers. Later kernels run on the calling thread. */
  close(): void {
    this.abandoned = true;
    this.terminate();
  }

  terminate(): void {
    for (const worker of this.workers) worker.terminate();
  }

  private post(name: string, values: readonly number[], items: number, grain: number, tasks: number): number {
    const { control } = this;
    this.tag = (this.tag + 1) & 0x7fff;
    const first = this.tag << 16;
    // Closed while the job description changes, because no task is below 0xffff.
    Atomics.store(control, Word.next, first | 0xffff);
    control[Word.kernel] = this.index.get(name)!;
    control[Word.argumentCount] = values.length;
    control[Word.items] = items;
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
    items: number,
    grain: number,
    tasks: number,
    first: number,
  ): unknown {
    const { control } = this;
    const scratch = scratchPointer(0);
    let error: unknown;
    for (;;) {
      const task = Atomics.add(control, Word.next, 1) - first;
      if (task >= tasks) return error;
      // After a trap the other tasks are still claimed. Otherwise workers would still run this job during the next one.
      try {
        if (!error) kernel(...values, task * grain, Math.min(items, (task + 1) * grain), scratch);
      } catch (trap) {
        error = trap;
      }
      Atomics.add(control, Word.done, 1);
    }
  }

  /** Waits until all tasks have ended; false if none has ended within the timeout. */
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
      // No interval counts for more than 10 ms, so that time in which the whole process was suspended does not count.
      const now = performance.now();
      waited = done === ended ? waited + Math.min(10, now - before) : 0;
      if (waited > this.timeout) return false;
      ended = done;
      before = now;
    }
  }

  private abandon(name: string): Error {
    this.abandoned = true;
    this.terminate();
    return new Error(
      `simd backend: a worker thread has not finished its part of kernel ${name} within ${this.timeout / 1000} s; it was ` +
        'probably terminated. The backend continues with one thread; repeat the step',
      { cause: this.failure },
    );
  }
}
