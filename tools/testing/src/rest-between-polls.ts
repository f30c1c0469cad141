const { setImmediate, setTimeout } = globalThis;
const NATIVE = 'function () { [native code] }';
let rests = false;

/**
 * Lets the thread of JavaScript rest while a GPU works. Dawn's binding for Node asks whether a result has arrived in every turn of the
 * event loop, by `setImmediate`; on a software GPU it takes the core that compiles and computes, and makes half of the CPU time of a
 * test. Here it asks once in a millisecond. Every other use of `setImmediate` stays as it is.
 */
export function restBetweenPolls(): void {
  if (rests || !setImmediate) return;
  rests = true;
  const resting = (callback: (...given: unknown[]) => void, ...given: unknown[]) =>
    isOfDawn(callback, given) ? setTimeout(callback, 1) : setImmediate(callback, ...given);
  globalThis.setImmediate = Object.assign(resting, {
    __promisify__: setImmediate.__promisify__,
  }) as unknown as typeof setImmediate;
}

/** Whether a callback is native code without a name and parameters, as Dawn's is (a promise's `resolve` has one), and is given none. */
const isOfDawn = (callback: unknown, given: unknown[]): boolean =>
  given.length === 0 &&
  typeof callback === 'function' &&
  callback.name === '' &&
  callback.length === 0 &&
  Function.prototype.toString.call(callback) === NATIVE;
