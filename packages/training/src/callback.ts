import { anything, assertOptions, func, type Kind, type Kinds, listOf, object, show } from '@tenfold/checks';
import { CallbackError } from './callback-error';
import type { Trainer } from './create-trainer';
import type { EpochReport } from './epoch-report';
import { assertOptionCalled, callOption } from './kinds';
import type { StepReport } from './step-report';

/** What a callback may know at the start of training. */
export interface CallbackContext {
  /** The trainer, with the current parameters and state. */
  trainer: Pick<Trainer, 'model' | 'stepCount' | 'state' | 'accumulate'>;
  /** The values in validation reports: 'loss' and the names of the metrics; empty without validation data. */
  validated: readonly string[];
  /** The total number of epochs. */
  epochs: number;
  /** The number of steps per epoch, if it is known. */
  stepsPerEpoch: number | undefined;
}

/** What a callback does during training. Each function may return a promise, which is awaited. */
export interface CallbackHooks {
  /** Called after each step. Training ends with this step if it returns false. */
  onStep?(report: StepReport): unknown;
  /** Called with the report of each epoch. Training ends if it returns false. */
  onEpoch?(report: EpochReport): unknown;
  /** Called at the end of training, with false if it has failed or was aborted. */
  end?(isOver: boolean): unknown;
}

/**
 * A callback of `fit` and `train`, such as {@link earlyStopping}. It is called once, at the start of training.
 *
 * Callbacks are called in their order, so that one that adds to `values` of a report comes before one that writes them. Then come
 * the options `onStep` and `onEpoch`.
 *
 * @example
 * const untilGood = () => ({ onEpoch: ({ loss }) => loss > 1e-3 });
 * await fit(model, { ...options, callbacks: [untilGood] });
 */
export type Callback = (context: CallbackContext) => CallbackHooks | Promise<CallbackHooks>;

export const callbacksKind: Kind = {
  ...listOf(anything),
  expected: 'an array of callbacks, such as [earlyStopping({ patience: 5 })]',
};

/** Throws unless every callback is a function, and none a factory that was meant to be called. */
export function assertCallbacks(name: string, callbacks: readonly unknown[] = []): void {
  for (const [i, callback] of callbacks.entries()) {
    const what = `callbacks[${i}]`;
    assertOptionCalled(name, what, callback);
    if (func.accepts(callback)) continue;
    const keys = object.accepts(callback) ? Object.keys(callback as object) : [];
    const unknown = keys.find((key) => !Object.hasOwn(hooksKinds, key));
    const isHooks = keys.some((key) => Object.hasOwn(hooksKinds, key));
    const shown = isHooks ? `an object with ${keys.join(', ')}` : show(callback);
    throw new Error(
      `${name}: ${what} is ${shown}${
        isHooks && unknown !== undefined ? `, of which ${unknown} is no hook` : ''
      }; give a callback such as earlyStopping({ patience: 5 }), or a function that returns hooks: () => ({ onStep, onEpoch, end }), any of them`,
    );
  }
}

const hooksKinds: Kinds<CallbackHooks> = { onStep: func, onEpoch: func, end: func };

/** The callbacks of a run. */
export interface Callbacks {
  /** Whether training goes on after a step. */
  onStep(report: StepReport): Promise<boolean>;
  /** Whether training goes on after an epoch. */
  onEpoch(report: EpochReport): Promise<boolean>;
  /** Ends all, and throws the error of the first that failed. */
  end(isOver: boolean): Promise<void>;
}

/**
 * Starts the callbacks of a run. Errors are {@link CallbackError}s with the reports so far.
 *
 * @param by name of the function that trains
 */
export async function startCallbacks(
  by: string,
  callbacks: readonly Callback[],
  context: CallbackContext,
  reports: EpochReport[],
): Promise<Callbacks> {
  const started: [name: string, hooks: CallbackHooks][] = [];
  const failed = (name: string, where: string, cause: unknown) =>
    new CallbackError({ by, callback: name, where, cause, reports });
  async function end(isOver: boolean): Promise<void> {
    const errors: unknown[] = [];
    for (const [name, hooks] of started.splice(0)) {
      try {
        await hooks.end?.(isOver);
      } catch (error) {
        errors.push(failed(name, 'at the end', error));
      }
    }
    if (errors.length > 0) throw errors[0];
  }
  async function all(
    hook: 'onStep' | 'onEpoch',
    where: string,
    report: StepReport & EpochReport,
  ): Promise<boolean> {
    let goesOn = true;
    for (const [name, hooks] of started) {
      try {
        if ((await hooks[hook]?.(report)) === false) goesOn = false;
      } catch (error) {
        throw failed(name, where, error);
      }
    }
    return goesOn;
  }
  for (const [i, callback] of callbacks.entries()) {
    try {
      const hooks: unknown = await callOption(by, `callbacks[${i}]`, callback, context);
      if (!object.accepts(hooks)) {
        throw new Error(`it returned ${show(hooks)}; return { onStep, onEpoch, end }, any of them`);
      }
      assertOptions<CallbackHooks>('hooks', hooks as CallbackHooks, hooksKinds);
      started.push([callback.name, hooks as CallbackHooks]);
    } catch (error) {
      await end(false).catch(() => {});
      throw failed(callback.name, 'at the start', error);
    }
  }
  return {
    onStep: (report) => all('onStep', `after step ${report.step}`, report as StepReport & EpochReport),
    onEpoch: (report) =>
      all('onEpoch', `after epoch ${report.epoch} (counted from 0)`, report as StepReport & EpochReport),
    end,
  };
}

/** Gives a callback the name of the function that makes it. */
export function named(name: string, callback: Callback, advice?: string): Callback {
  const checked: Callback = (context) => {
    if (!object.accepts(context)) {
      throw new Error(
        `${name}: the callback was called with ${show(context)}; ${advice ?? 'give it to fit or train, in the array callbacks'}`,
      );
    }
    return callback(context);
  };
  return Object.defineProperty(checked, 'name', { value: name });
}
