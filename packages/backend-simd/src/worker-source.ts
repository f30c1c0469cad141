import { ARGUMENTS, CONTROL, Word } from './layout';

/**
 * The program of a worker as text, so that bundles need no separate file. It sleeps until there is a job, claims tasks until none
 * is left, stays awake for a moment in case another job follows, and sleeps again.
 * `threadData` holds `{ module, memory, scratch, spinMicroseconds }`.
 */
// In a function, because Deno declares `module`, `require` and others around the text.
export const workerSource = `
(() => {
const { module, memory, scratch, spinMicroseconds } = threadData;
const { exports } = new WebAssembly.Instance(module, { env: { memory } });
const kernels = Object.values(exports);
const control = new Int32Array(memory.buffer, ${CONTROL}, 64);
const slots = new Float64Array(memory.buffer, ${ARGUMENTS}, 64);

function work() {
  let ended = 0;
  for (;;) {
    const next = Atomics.load(control, ${Word.next});
    const task = next & 0xffff;
    const tasks = Atomics.load(control, ${Word.tasks});
    if (task >= tasks) return ended;
    const kernel = kernels[control[${Word.kernel}]];
    const values = Array.from(slots.subarray(0, control[${Word.argumentCount}]));
    const items = control[${Word.items}];
    const grain = control[${Word.grain}];
    // The tag in the word makes this fail if the job has changed, so the values read above are valid.
    if (Atomics.compareExchange(control, ${Word.next}, next, next + 1) !== next) continue;
    try {
      kernel(...values, task * grain, Math.min(items, (task + 1) * grain), scratch);
    } catch (error) {
      Atomics.store(control, ${Word.failed}, 1);
    }
    ended++;
    if (Atomics.add(control, ${Word.done}, 1) + 1 === tasks && Atomics.load(control, ${Word.callerSleeps})) {
      Atomics.notify(control, ${Word.done});
    }
  }
}

let epoch = Atomics.load(control, ${Word.epoch});
Atomics.add(control, ${Word.online}, 1);
for (let useful = false; ; ) {
  if (useful) {
    const until = performance.now() + spinMicroseconds / 1000;
    do {
      for (let i = 0; i < 100 && Atomics.load(control, ${Word.epoch}) === epoch; i++);
    } while (Atomics.load(control, ${Word.epoch}) === epoch && performance.now() < until);
  }
  if (Atomics.load(control, ${Word.epoch}) === epoch) {
    Atomics.add(control, ${Word.sleepers}, 1);
    Atomics.wait(control, ${Word.epoch}, epoch);
    Atomics.sub(control, ${Word.sleepers}, 1);
  }
  epoch = Atomics.load(control, ${Word.epoch});
  useful = work() > 0;
}
})();
`;
