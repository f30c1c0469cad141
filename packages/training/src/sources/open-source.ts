import { func, show } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { ArrayData, Batch, Batches, BatchSource, Data, TfDataset } from '../batch';
import { arraySource } from './array-source';
import { checkBatch } from './check-batch';

/** A batch that was pulled. */
export interface Pulled<X, Y> {
  batch: Batch<X, Y>;
  /** How many examples it has. */
  size: number;
  /** Disposes it, unless it is the caller's. */
  release(): void;
}

/** Data of any form, ready to be pulled. */
export interface Source<X, Y> {
  /** Batches in an epoch, where that was said or can be seen. */
  readonly stepsPerEpoch: number | undefined;
  /** Whether epochs can be pulled again, so that a training can be resumed. */
  readonly isRepeatable: boolean;
  /** The batches of an epoch, checked. Fails when they are none, or not as many as was said. */
  batches(epoch: number): AsyncGenerator<Pulled<X, Y>>;
  /** Ends what is still open. */
  close(): Promise<void>;
}

export interface OpenOptions {
  /** How often the data is gone through. */
  epochs: number;
  /** Ends every epoch after this many batches. */
  stepsPerEpoch?: number;
}

type Next<X, Y> = IteratorResult<Batch<X, Y>, unknown>;

/** An iterator of either kind. */
interface Cursor<X, Y> {
  next(): Next<X, Y> | Promise<Next<X, Y>>;
  return?(): unknown;
}

/** How an epoch of a form of data is begun. */
interface Form<X, Y> {
  stepsPerEpoch?: number;
  /** Whether the batches are the caller's and stay. */
  stay?: boolean;
  /** Whether one cursor serves all epochs. */
  once?: boolean;
  begin(epoch: number): Cursor<X, Y> | Promise<Cursor<X, Y>>;
}

/**
 * @param name of the function, the start of an error
 * @param what the data is called in it
 */
export async function openSource<X, Y>(
  name: string,
  what: string,
  data: Data<X, Y>,
  { epochs, stepsPerEpoch: given }: OpenOptions,
): Promise<Source<X, Y>> {
  const form = await formOf<X, Y>(name, what, data);
  const stepsPerEpoch = given ?? form.stepsPerEpoch;
  if (form.once && epochs > 1 && given === undefined) {
    throw new Error(
      `${name}: ${what} can be gone through once but is needed for ${epochs} epochs; give a function that returns new batches for every epoch, such as the generator function itself, or the number of batches in an epoch as stepsPerEpoch`,
    );
  }
  let shared: Cursor<X, Y> | undefined;

  async function* batches(epoch: number): AsyncGenerator<Pulled<X, Y>> {
    const cursor = shared ?? (await form.begin(epoch));
    if (form.once) shared = cursor;
    let pulled = 0;
    let isOver = false;
    try {
      while (stepsPerEpoch === undefined || pulled < stepsPerEpoch) {
        const { done, value } = await cursor.next();
        isOver = done === true;
        if (isOver) break;
        const release = () => {
          if (!form.stay) tf.dispose(value as unknown as tf.TensorContainer);
        };
        let size: number;
        try {
          size = checkBatch(name, `batch ${pulled} of ${what}`, value);
        } catch (error) {
          release();
          throw error;
        }
        pulled++;
        yield { batch: value as Batch<X, Y>, size, release };
      }
      if (pulled === 0 || (stepsPerEpoch !== undefined && pulled < stepsPerEpoch)) {
        throw new Error(
          `${name}: ${what} gave ${pulled === 0 ? 'no batch' : `${pulled} batches`} in epoch ${epoch + 1}${
            stepsPerEpoch === undefined
              ? '; give at least one'
              : ` but stepsPerEpoch is ${stepsPerEpoch}; give as many`
          }${epoch > 0 ? ', and new ones in every epoch' : ''}`,
        );
      }
      // What ends an epoch on purpose does not ask for more; what counts for itself has to be right.
      if (given === undefined && !isOver) {
        const { done, value } = await cursor.next();
        isOver = done === true;
        if (!isOver) {
          if (!form.stay) tf.dispose(value as unknown as tf.TensorContainer);
          throw new Error(
            `${name}: ${what} gave more batches in epoch ${epoch + 1} than its stepsPerEpoch, which is ${stepsPerEpoch}; give as many`,
          );
        }
      }
    } finally {
      if (!form.once && !isOver) await cursor.return?.();
    }
  }

  return {
    stepsPerEpoch,
    isRepeatable: !form.once,
    batches,
    async close() {
      await shared?.return?.();
    },
  };
}

async function formOf<X, Y>(name: string, what: string, data: Data<X, Y>): Promise<Form<X, Y>> {
  if (func.accepts(data)) {
    const open = data as (epoch: number) => unknown;
    return { begin: async (epoch) => cursorOf(name, `what ${what} returned`, await open(epoch)) };
  }
  const given = data as Partial<BatchSource<X, Y> & TfDataset<X, Y> & ArrayData> | null | undefined;
  if (typeof given === 'object' && given !== null) {
    if (typeof given.batches === 'function') return sourceForm(name, what, data as BatchSource<X, Y>);
    if (typeof given.iterator === 'function' && typeof given.forEachAsync === 'function') {
      return { begin: async () => (await (data as TfDataset<X, Y>).iterator()) as Cursor<X, Y> };
    }
    if ('xs' in given && 'ys' in given) {
      return sourceForm(name, what, await arraySource<X, Y>(name, what, data as ArrayData));
    }
    if (isIterable(data)) return iterableForm(name, what, data as Batches<X, Y>);
  }
  throw new Error(
    `${name}: ${what} is ${show(data)}; give { xs, ys }, batches in an array or iterable, a function that returns them, or a source with batches(epoch)`,
  );
}

function sourceForm<X, Y>(name: string, what: string, source: BatchSource<X, Y>): Form<X, Y> {
  const { stepsPerEpoch } = source;
  if (stepsPerEpoch !== undefined && !(Number.isInteger(stepsPerEpoch) && stepsPerEpoch >= 1)) {
    throw new Error(
      `${name}: stepsPerEpoch of ${what} is ${show(stepsPerEpoch)}; give the number of batches in an epoch, or leave it out to have them counted`,
    );
  }
  return {
    stepsPerEpoch,
    begin: (epoch) => cursorOf(name, `what batches(${epoch}) of ${what} returned`, source.batches(epoch)),
  };
}

function iterableForm<X, Y>(name: string, what: string, data: Batches<X, Y>): Form<X, Y> {
  const stay = Array.isArray(data) || data instanceof Set;
  const cursor = cursorOf(name, what, data);
  return {
    stay,
    // An iterator is its own iterable and is used up; every other one begins anew.
    once: (cursor as unknown) === data,
    stepsPerEpoch: Array.isArray(data) && data.length > 0 ? data.length : undefined,
    begin: () => cursorOf(name, what, data),
  };
}

const isIterable = (value: unknown): value is Batches<unknown, unknown> =>
  typeof value === 'object' &&
  value !== null &&
  !ArrayBuffer.isView(value) &&
  (Symbol.asyncIterator in value || Symbol.iterator in value);

function cursorOf<X, Y>(name: string, what: string, batches: unknown): Cursor<X, Y> {
  if (!isIterable(batches)) {
    throw new Error(`${name}: ${what} is ${show(batches)}; give an iterable of batches { xs, ys }`);
  }
  return (Symbol.asyncIterator in batches
    ? batches[Symbol.asyncIterator]()
    : batches[Symbol.iterator]()) as unknown as Cursor<X, Y>;
}
