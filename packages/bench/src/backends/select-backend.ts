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
  /** Called for every backend that was rejected before the selected one. */
  onCheck?: (check: BackendCheck) => void;
}

const kinds: Kinds<SelectOptions> = { threads: count, v8Flags: flag, onCheck: func };

let active: Results['backend'] | undefined;

/**
 * Makes a backend the current one of tfjs-core: the named one, otherwise the first of {@link backendNames} that
 * passes a training step here. Native backends are first checked in another process, since a crash would end this one.
 *
 * @returns its name and its details
 * @throws a `BackendUnavailable` when the named backend, or every backend, fails here; an Error when the name or an option
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
  throw new BackendUnavailable(
    'failed',
    'no backend works here',
    'run the command doctor of the bench to see why',
  );
}

/** The backend that {@link selectBackend} chose, otherwise the current one of tfjs-core. */
export function describeBackend(): Results['backend'] {
  return active ?? { name: tf.getBackend(), details: {} };
}

async function tryBackend(name: BackendName, options: ActivateOptions): Promise<BackendCheck> {
  const isNative = name !== 'simd' && name !== 'cpu';
  if (isNative) {
    const check = await checkBackend(name, options);
    if (!check.works) return check;
    process.env.TF_CPP_MIN_LOG_LEVEL ??= '2'; // the check has already reported what TensorFlow prints
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
