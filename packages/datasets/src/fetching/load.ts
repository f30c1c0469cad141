import { type Store, StoreError } from '../stores/store';
import type { DatasetDeclaration } from './declaration';
import type { LoadOptions } from './load-options';
import { createReporter } from './progress';
import { FinalError, reasonOf, type Source, type SourceContext } from './source';
import { whatIsWrong } from './verify';

/** Where {@link load} reads and keeps, and what it says when that fails. */
export interface LoadPlaces {
  readonly store: Store;
  /** Tried in this order. */
  readonly sources: readonly Source[];
  /** What is said below the list of sources that failed. */
  readonly advice: string;
}

/**
 * Loads from the store what is kept there, and the rest from the first source that gives it.
 *
 * Every part is compared with its published sha256 on every way into the result: from the store as from a source.
 */
export async function load<Dataset>(
  dataset: DatasetDeclaration<Dataset>,
  { store, sources, advice }: LoadPlaces,
  { signal = new AbortController().signal, onProgress, stallTimeout = 60_000 }: LoadOptions,
): Promise<Dataset> {
  signal.throwIfAborted();
  const reporter = createReporter(onProgress);
  const loaded = new Map<string, Uint8Array<ArrayBuffer>>();
  const missing = new Set(dataset.parts.map(({ file }) => file));
  const keep = (file: string, content: Uint8Array<ArrayBuffer>) => {
    loaded.set(file, content);
    missing.delete(file);
  };

  const takeKept = async () => {
    for (const part of dataset.parts.filter(({ file }) => missing.has(file))) {
      signal.throwIfAborted();
      const content = await store.read(part);
      if (!content) continue;
      const wrong = await whatIsWrong(dataset.name, part, content);
      if (wrong) reporter.say('notice', `${wrong}; it was kept in ${store.place} and is fetched again`);
      else keep(part.file, content);
    }
  };

  await takeKept();
  if (missing.size > 0) {
    await store.exclusively(
      async () => {
        await takeKept(); // another process may have fetched meanwhile
        if (missing.size === 0) return;
        const accept = async (file: string, content: Uint8Array<ArrayBuffer>) => {
          signal.throwIfAborted();
          const part = dataset.parts.find((candidate) => candidate.file === file)!;
          const wrong = await whatIsWrong(dataset.name, part, content);
          if (wrong) throw new Error(wrong);
          await store.write(part, content);
          keep(file, content);
          reporter.say('storing', `${file} verified and kept in ${store.place}`);
        };
        await fetchFirst(sources, { dataset, missing, accept, reporter, signal, stallTimeout }, advice);
      },
      (message) => reporter.say('waiting', message),
      signal,
    );
  }
  signal.throwIfAborted();
  return dataset.decode((file) => {
    const content = loaded.get(file);
    if (!content) throw new Error(`${dataset.name}: decode takes ${file}, which is not a part or was taken`);
    loaded.delete(file);
    return content;
  });
}

async function fetchFirst(sources: readonly Source[], context: SourceContext, advice: string): Promise<void> {
  const { dataset, reporter, signal } = context;
  const failures: { source: string; error: unknown }[] = [];
  for (const source of sources) {
    for (let attempt = 1; attempt <= source.attempts; attempt++) {
      reporter.begin(source.name);
      try {
        return await source.fetch(context);
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof StoreError) throw error;
        const again = attempt < source.attempts && !(error instanceof FinalError);
        if (!again) failures.push({ source: source.name, error });
        const next = again ? 'trying it again' : 'trying the next source';
        if (again || source !== sources.at(-1)) {
          reporter.say('notice', `${source.name} failed: ${reasonOf(error)}; ${next}`);
        }
        if (!again) break;
      }
    }
  }
  const list = failures.map(({ source, error }) => `\n  - ${source}: ${reasonOf(error)}`).join('');
  throw new AggregateError(
    failures.map(({ error }) => error),
    `${dataset.name}: no source gave ${dataset.title}:${list}\n${advice}`,
  );
}
