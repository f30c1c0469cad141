import type { ImageDataset } from '../image-dataset';
import { cifar10ClassNames, cifar10Mean, cifar10StandardDeviation } from './cifar10';
import { type BatchName, batchNames, type Format } from './format';
import type { LoadOptions } from './options';
import { createReporter, type Reporter } from './progress';
import { emptyImages, unpackRecords } from './records';
import { FinalError, reasonOf, type Source } from './source';
import { whatIsWrong } from './verify';

/** Where the parts are kept between runs. */
export interface Store {
  /** Names the place in messages. */
  readonly place: string;
  /** The kept records of a part, null when there are none. */
  read(batch: BatchName): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Keeps a part, entirely or not at all. */
  write(batch: BatchName, records: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Runs `work` while no other process fetches into this store; `onWait` is told when that takes waiting. */
  exclusively<T>(work: () => Promise<T>, onWait: (message: string) => void, signal: AbortSignal): Promise<T>;
}

/** What is said below the list of sources that failed. */
export type Advice = string;

/**
 * Loads from the store what is kept there, and the rest from the first source that gives it.
 *
 * Every part is compared with its published sha256 on every way into the result: from the store as from a source.
 */
export async function load(
  format: Format,
  store: Store,
  sources: readonly Source[],
  advice: Advice,
  { signal = new AbortController().signal, onProgress, stallTimeout = 60_000 }: LoadOptions,
): Promise<ImageDataset> {
  signal.throwIfAborted();
  const reporter = createReporter(onProgress);
  const count = format.imagesPerBatch;
  const data: ImageDataset = {
    name: 'CIFAR-10',
    train: emptyImages(5 * count),
    test: emptyImages(count),
    classNames: cifar10ClassNames,
    mean: cifar10Mean,
    standardDeviation: cifar10StandardDeviation,
  };
  const missing = new Set<BatchName>(batchNames);
  const take = (batch: BatchName, records: Uint8Array) => {
    const train = batch !== 'test_batch';
    unpackRecords(records, train ? data.train : data.test, train ? batchNames.indexOf(batch) * count : 0);
    missing.delete(batch);
  };

  const takeKept = async () => {
    for (const batch of [...missing]) {
      signal.throwIfAborted();
      const records = await store.read(batch);
      if (!records) continue;
      const wrong = await whatIsWrong(batch, records, format);
      if (wrong) reporter.say('notice', `${wrong}; it was kept in ${store.place} and is fetched again`);
      else take(batch, records);
    }
  };

  await takeKept();
  if (missing.size === 0) return data;
  await store.exclusively(
    async () => {
      await takeKept(); // another process may have fetched meanwhile
      if (missing.size === 0) return;
      const accept = async (batch: BatchName, records: Uint8Array<ArrayBuffer>) => {
        signal.throwIfAborted();
        const wrong = await whatIsWrong(batch, records, format);
        if (wrong) throw new Error(wrong);
        await store.write(batch, records);
        take(batch, records);
        reporter.say('storing', `${batch} verified and kept in ${store.place}`);
      };
      const context = { format, missing, accept, reporter, signal, stallTimeout };
      await fetchFirst(sources, context, advice);
    },
    (message) => reporter.say('waiting', message),
    signal,
  );
  signal.throwIfAborted();
  return data;
}

/** The cache cannot be used: no other source would help. */
export class StoreError extends Error {}

async function fetchFirst(
  sources: readonly Source[],
  context: Parameters<Source['fetch']>[0] & { reporter: Reporter },
  advice: Advice,
): Promise<void> {
  const failures: { source: string; error: unknown }[] = [];
  for (const source of sources) {
    for (let attempt = 1; attempt <= source.attempts; attempt++) {
      context.reporter.begin(source.name);
      try {
        return await source.fetch(context);
      } catch (error) {
        context.signal.throwIfAborted();
        if (error instanceof StoreError) throw error;
        const again = attempt < source.attempts && !(error instanceof FinalError);
        if (!again) failures.push({ source: source.name, error });
        const next = again ? 'trying it again' : 'trying the next source';
        if (again || source !== sources.at(-1)) {
          context.reporter.say('notice', `${source.name} failed: ${reasonOf(error)}; ${next}`);
        }
        if (!again) break;
      }
    }
  }
  const list = failures.map(({ source, error }) => `\n  - ${source}: ${reasonOf(error)}`).join('');
  throw new AggregateError(
    failures.map(({ error }) => error),
    `cifar10: no source gave CIFAR-10:${list}\n${advice}`,
  );
}
