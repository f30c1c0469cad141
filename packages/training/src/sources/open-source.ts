import { func, show } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { ArrayData, Batch, Batches, BatchSource, Data, TfDataset } from '../batch';
import { counted } from '../counted';
import { untilAborted } from '../until-aborted';
import { arraySource, type Part } from './array-source';
import { checkBatch } from './check-batch';

/** A batch from a source. */
export interface Pulled<X, Y> {
  batch: Batch<X, Y>;
  /** The number of examples. */
  size: number;
  /** Disposes the batch, unless it belongs to the caller. */
  release(): void;
}

/** Data of any form, as a source of batches. */
export interface Source<X, Y> {
  /** The number of batches per epoch, if it is known. */
  readonly stepsPerEpoch: number | undefined;
  /** Whether epochs can be iterated again, so that training can be resumed. */
  readonly isRepeatable: boolean;
  /** The batches of an epoch, checked. Throws when there are none, or not as many as stepsPerEpoch. */
  batches(epoch: number): AsyncGenerator<Pulled<X, Y>>;
  /** Closes open iterators. */
  close(): Promise<void>;
}

export interface OpenOptions {
  /** The number of epochs. */
  epochs: number;
  /** The number of batches after which an epoch ends. */
  stepsPerEpoch?: number;
  /** Ends every wait for data with its reason. */
  signal?: AbortSignal | undefined;
  /** The part of the examples to use, if they are split. */
  part?: Part | undefined;
}

type Next<X, Y> = IteratorResult<Batch<X, Y>, unknown>;

/** A synchronous or asynchronous iterator. */
interface Cursor<X, Y> {
  next(): Next<X, Y> | Promise<Next<X, Y>>;
  return?(): unknown;
}

/** A form of data. */
interface Form<X, Y> {
  stepsPerEpoch?: number;
  /** What else to do when an element is no batch. */
  advice?: string;
  /** Whether the batches belong to the caller and are kept. */
  stay?: boolean;
  /** Whether all epochs share one iterator, because the data can be iterated only once. */
  once?: boolean;
  begin(epoch: number): Cursor<X, Y> | Promise<Cursor<X, Y>>;
}

/**
 * Opens data of any form.
 *
 * @param name of the function; starts errors
 * @param what name of the data in errors
 */
export async function openSource<X, Y>(
  name: string,
  what: string,
  data: Data<X, Y>,
  { epochs, stepsPerEpoch: requested, signal, part }: OpenOptions,
): Promise<Source<X, Y>> {
  const form = await detectForm<X, Y>(name, what, data, part);
  const stepsPerEpoch = requested ?? form.stepsPerEpoch;
  if (form.once && epochs > 1 && requested === undefined) {
    throw new Error(
      `${name}: ${what} can be iterated only once but is needed for ${epochs} epochs; give a function that returns new batches for each epoch, such as the generator function itself, or the number of batches per epoch as stepsPerEpoch`,
    );
  }
  let shared: Cursor<X, Y> | undefined;
  const close = async (cursor: Cursor<X, Y> | undefined): Promise<void> => {
    if (typeof cursor?.return === 'function') await untilAborted(cursor.return(), signal);
  };
  const pull = async (cursor: Cursor<X, Y>): Promise<Next<X, Y>> => {
    const next: unknown = await untilAborted(cursor.next(), signal, ({ value }) => release(value));
    if (typeof next === 'object' && next !== null) return next as Next<X, Y>;
    throw new Error(`${name}: next() of ${what} returned ${show(next)}; return { done, value }`);
  };
  const release = (value: unknown): void => {
    if (!form.stay) tf.dispose(value as tf.TensorContainer);
  };

  async function* batches(epoch: number): AsyncGenerator<Pulled<X, Y>> {
    const cursor = shared ?? (await untilAborted(form.begin(epoch), signal, close));
    if (form.once) shared = cursor;
    let pulled = 0;
    let isOver = false;
    try {
      while (stepsPerEpoch === undefined || pulled < stepsPerEpoch) {
        const { done, value } = await pull(cursor);
        isOver = done === true;
        if (isOver) break;
        let size: number;
        try {
          size = checkBatch(name, `batch ${pulled} of ${what}`, value, form.advice);
        } catch (error) {
          release(value);
          throw error;
        }
        pulled++;
        yield { batch: value as Batch<X, Y>, size, release: () => release(value) };
      }
      if (pulled === 0 || (stepsPerEpoch !== undefined && pulled < stepsPerEpoch)) {
        throw new Error(
          `${name}: ${what} has ${pulled === 0 ? 'no batches' : counted(pulled, 'batch', 'batches')} in epoch ${epoch} (counted from 0)${
            stepsPerEpoch === undefined
              ? '; give at least one'
              : ` but stepsPerEpoch is ${stepsPerEpoch}; give that many`
          }${epoch > 0 ? ', and new ones for each epoch' : ''}`,
        );
      }
      // If the caller sets stepsPerEpoch, further batches are ignored. If the source does, there must be no more.
      if (requested === undefined && !isOver) {
        const { done, value } = await pull(cursor);
        isOver = done === true;
        if (!isOver) {
          release(value);
          throw new Error(
            `${name}: ${what} has more batches in epoch ${epoch} (counted from 0) than its stepsPerEpoch, ${stepsPerEpoch}; give that many`,
          );
        }
      }
    } finally {
      if (!form.once && !isOver) await close(cursor);
    }
  }

  return {
    stepsPerEpoch,
    isRepeatable: !form.once,
    batches,
    close: () => close(shared),
  };
}

async function detectForm<X, Y>(
  name: string,
  what: string,
  data: Data<X, Y>,
  part: Part | undefined,
): Promise<Form<X, Y>> {
  if (part && !isArrayData(data)) {
    throw new Error(
      `${name}: ${what} is ${show(data)}, which validationSplit cannot split; give { xs, ys } with all examples, or split the data and give validation`,
    );
  }
  if (func.accepts(data)) {
    const open = data as (epoch: number) => unknown;
    return { begin: async (epoch) => openCursor(name, `the result of ${what}(${epoch})`, await open(epoch)) };
  }
  const form = data as Partial<BatchSource<X, Y> & TfDataset & ArrayData> | null | undefined;
  if (typeof form === 'object' && form !== null) {
    if (typeof form.batches === 'function') return sourceForm(name, what, data as BatchSource<X, Y>);
    if (typeof form.iterator === 'function' && typeof form.forEachAsync === 'function') {
      return {
        advice: '; if the elements are single examples, give dataset.batch(32)',
        begin: async () => checkCursor<X, Y>(name, what, await (data as TfDataset).iterator()),
      };
    }
    if ('xs' in form && 'ys' in form) {
      return sourceForm(name, what, await arraySource<X, Y>(name, what, data as ArrayData, part));
    }
    if (isIterable(data)) return iterableForm(name, what, data as Batches<X, Y>);
  }
  throw new Error(
    `${name}: ${what} is ${show(data)}; give { xs, ys }, batches in an array or iterable, a function that returns them, or a source with batches(epoch)`,
  );
}

const isArrayData = (data: unknown): boolean =>
  typeof data === 'object' && data !== null && 'xs' in data && 'ys' in data && !('batches' in data);

function sourceForm<X, Y>(name: string, what: string, source: BatchSource<X, Y>): Form<X, Y> {
  const { stepsPerEpoch } = source;
  if (stepsPerEpoch !== undefined && !(Number.isInteger(stepsPerEpoch) && stepsPerEpoch >= 1)) {
    throw new Error(
      `${name}: stepsPerEpoch of ${what} is ${show(stepsPerEpoch)}; give the number of batches per epoch, or leave it out to have them counted`,
    );
  }
  return {
    stepsPerEpoch,
    begin: (epoch) => openCursor(name, `the result of ${what}.batches(${epoch})`, source.batches(epoch)),
  };
}

function iterableForm<X, Y>(name: string, what: string, data: Batches<X, Y>): Form<X, Y> {
  const stay = Array.isArray(data) || data instanceof Set;
  const cursor = openCursor(name, what, data);
  return {
    stay,
    // An iterator is its own iterable and can be used only once. Other iterables start again.
    once: (cursor as unknown) === data,
    stepsPerEpoch: Array.isArray(data) && data.length > 0 ? data.length : undefined,
    begin: () => openCursor(name, what, data),
  };
}

const isIterable = (value: unknown): value is Batches<unknown, unknown> =>
  typeof value === 'object' &&
  value !== null &&
  !ArrayBuffer.isView(value) &&
  [Symbol.asyncIterator, Symbol.iterator].some(
    (method) => typeof (value as { [method: symbol]: unknown })[method] === 'function',
  );

function openCursor<X, Y>(name: string, what: string, batches: unknown): Cursor<X, Y> {
  if (!isIterable(batches)) {
    throw new Error(`${name}: ${what} is ${show(batches)}; give an iterable of batches { xs, ys }`);
  }
  const methods = batches as unknown as Partial<Record<symbol, () => unknown>>;
  const begin = methods[Symbol.asyncIterator] ?? methods[Symbol.iterator]!;
  return checkCursor(name, what, begin.call(batches));
}

function checkCursor<X, Y>(name: string, what: string, cursor: unknown): Cursor<X, Y> {
  if (typeof (cursor as { next?: unknown } | null | undefined)?.next === 'function')
    return cursor as Cursor<X, Y>;
  throw new Error(
    `${name}: the iterator of ${what} is ${show(cursor)}; give one with the method next, such as a generator's`,
  );
}
