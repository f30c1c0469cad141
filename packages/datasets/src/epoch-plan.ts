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

/** The options that every batch source has. */
export interface BatchOptions {
  /** Examples in a batch. */
  batchSize: number;
  /** Visit the examples in a new random order in every epoch. Default false. */
  shuffle?: boolean;
  /** Seed of everything random here. Default 0. */
  seed?: number;
  /** The stream that everything random here is forked from, instead of `seed`. */
  rng?: Rng;
  /** Leave out the last batch when it would be smaller than the others. Default false. */
  dropLast?: boolean;
}

/** A stream of random numbers, as `createRng` of @tenfold/random makes them. */
export const rngKind = objectWith('a stream of createRng', 'fork', 'permutation', 'uniform');

/** The kinds of the options that every batch source has. */
export const batchKinds: Kinds<BatchOptions> = {
  batchSize: required(countKind),
  shuffle: flag,
  seed: seedKind,
  rng: rngKind,
  dropLast: flag,
};

/** Which examples an epoch visits, in which order and in how many batches. */
export interface EpochPlan {
  readonly rng: Rng;
  readonly stepsPerEpoch: number;
  readonly size: number;
  /** The indices of each batch of an epoch. */
  order(epoch: number): Iterable<Uint32Array>;
}

/**
 * Plans epochs over `count` examples.
 *
 * The order of an epoch depends on the seed and the epoch alone: a run resumed at epoch 7 sees what it would have seen.
 *
 * @param caller name of the function that has checked the options; error messages begin with it
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
        ? rng.fork('shuffle', epoch).permutation(count)
        : Uint32Array.from({ length: count }, (_, i) => i);
      for (let step = 0; step < stepsPerEpoch; step++) {
        yield order.subarray(step * batchSize, Math.min(count, (step + 1) * batchSize));
      }
    },
  };
}
