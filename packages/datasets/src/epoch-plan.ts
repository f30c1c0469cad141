import {
  assertArgument,
  count as countKind,
  flag,
  index,
  type Kinds,
  objectWith,
  required,
  seed as seedKind,
} from '@tenfold/checks';
import { createRng, type Rng } from '@tenfold/random';

/** The options of all batch sources. */
export interface BatchOptions {
  /** Number of examples per batch. */
  batchSize: number;
  /** Whether to shuffle the examples in every epoch. Default false. */
  shuffle?: boolean;
  /** Seed of all random numbers. Default 0. */
  seed?: number;
  /** The stream to fork all random streams from, instead of `seed`. */
  rng?: Rng;
  /** Whether to drop the last batch if it is smaller than the others. Default false. */
  dropLast?: boolean;
}

/** A stream of random numbers from `createRng` of @tenfold/random. */
export const rngKind = objectWith(
  'a stream from createRng',
  'uniform',
  'normal',
  'integer',
  'permutation',
  'fillUniform',
  'fillNormal',
  'fork',
);

/**
 * Forks a stream that the caller gave, which may be one of another library.
 *
 * @param caller name of the calling function; starts errors
 * @throws when the result is not a stream
 */
export function forkStream(caller: string, rng: Rng, ...keys: (string | number)[]): Rng {
  const fork = rng.fork(...keys);
  assertArgument(caller, 'the result of rng.fork', fork, required(rngKind));
  return fork;
}

/** The kinds of the options of all batch sources. */
export const batchKinds: Kinds<BatchOptions> = {
  batchSize: required(countKind),
  shuffle: flag,
  seed: seedKind,
  rng: rngKind,
  dropLast: flag,
};

/** The batches of every epoch, as indices of examples. */
export interface EpochPlan {
  readonly rng: Rng;
  readonly stepsPerEpoch: number;
  readonly size: number;
  /** Returns the indices of each batch of an epoch. */
  order(epoch: number): Iterable<Uint32Array>;
}

/**
 * Plans epochs over `count` examples.
 *
 * The order of an epoch depends only on the seed and the epoch, so a run that is resumed at epoch 7 gets the same batches.
 *
 * @param caller name of the function that has checked the options; starts errors
 */
export function planEpochs(caller: string, count: number, options: BatchOptions): EpochPlan {
  const { batchSize, shuffle = false, seed = 0, rng = createRng(seed), dropLast = false } = options;
  if (count === 0) throw new Error(`${caller}: the set has no examples`);
  if (dropLast && batchSize > count) {
    throw new Error(
      `${caller}: batchSize is ${batchSize} but there are ${count} examples, and dropLast drops the only batch; ` +
        `give a batchSize up to ${count}`,
    );
  }
  const stepsPerEpoch = dropLast ? Math.floor(count / batchSize) : Math.ceil(count / batchSize);
  return {
    rng,
    stepsPerEpoch,
    size: Math.min(count, stepsPerEpoch * batchSize),
    *order(epoch) {
      assertArgument(caller, 'epoch', epoch, required(index));
      const order = shuffle
        ? forkStream(caller, rng, 'shuffle', epoch).permutation(count)
        : Uint32Array.from({ length: count }, (_, i) => i);
      for (let step = 0; step < stepsPerEpoch; step++) {
        yield order.subarray(step * batchSize, Math.min(count, (step + 1) * batchSize));
      }
    },
  };
}
