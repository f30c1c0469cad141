import { assertArgument, assertOptions, count, flag, func, type Kinds, oneOf } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { Results } from '../results/results';
import { type ActivateOptions, activate } from './activate';
import { type BackendCheck, checkBackend } from './check-backend';
import { checkTraining } from './check-training';
import { type BackendName, backendNames } from './names';
import { BackendUnavailable } from './unavailable';

export interface SelectOptions {
  threads?: number;
  /** Whether `simd` may set V8's experimental flags, for the whole process. Default false. */
  v8Flags?: boolean;
  /** Told of every backend that was considered before the one that is taken. */
  onCheck?: (check: BackendCheck) => void;
}

const kinds: Kinds<SelectOptions> = { threads: count, v8Flags: flag, onCheck: func };

let active: Results['backend'] | undefined;

/**
 * Makes a backend the current one of tfjs-core: the named one, else the first of {@link backendNames} that passes a
 * training step here. Native ones are checked in another process first, since their crash would be this one's.
 *
 * @returns its name and what there is to know about it
 * @throws a `BackendUnavailable` when the named one does not work here, or none does; an Error when the name or an option
 *   is unknown
 * @example
 * const { name, details } = await selectBackend(); // { name: 'simd', details: { variant: 'relaxed', threads: '2' } }
 */
export async function selectBackend(
  name?: BackendName,
  options: SelectOptions = {},
): Promise<Results['backend']> {
  assertArgument('selectBackend', 'name', name, oneOf(...backendNames));
  assertOptions('selectBackend', options, kinds);
  const { threads, v8Flags, onCheck } = options;
  for (const candidate of name ? [name] : backendNames) {
    const activation = { threads, v8Flags, allowSoftware: name === 'webgpu' };
    const check = await tryBackend(candidate, activation);
    onCheck?.(check);
    if (check.works) {
      active = { name: candidate, details: check.details };
      return active;
    }
    if (name) throw new BackendUnavailable(check.reason, check.why, check.advice);
  }
  throw new BackendUnavailable('failed', 'no backend trains here', 'tenfold-bench doctor says why');
}

/** The backend that {@link selectBackend} chose, else what tfjs-core has now. */
export function describeBackend(): Results['backend'] {
  return active ?? { name: tf.getBackend(), details: {} };
}

async function tryBackend(name: BackendName, options: ActivateOptions): Promise<BackendCheck> {
  const isNative = name !== 'simd' && name !== 'cpu';
  if (isNative) {
    const check = await checkBackend(name, options);
    if (!check.works) return check;
    process.env.TF_CPP_MIN_LOG_LEVEL ??= '2'; // what TensorFlow prints was seen by the check
  }
  const start = performance.now();
  try {
    const details = await activate(name, options);
    await checkTraining();
    return { name, works: true, details, milliseconds: performance.now() - start };
  } catch (error) {
    if (!(error instanceof BackendUnavailable)) throw error;
    return { name, works: false, reason: error.reason, why: error.message, advice: error.advice };
  }
}
