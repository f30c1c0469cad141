import { type Store, StoreError } from '../stores/store';
import type { DatasetDeclaration } from './declaration';
import type { LoadOptions, LoadProgress } from './load-options';
import { createReporter } from './progress';
import { FinalError, formatReason, type Source, type SourceContext } from './source';
import { findProblem } from './verify';

/** The store and sources of {@link load}, and its advice on failure. */
export interface LoadPlaces {
  readonly store: Store;
  /** The sources, in order. */
  readonly sources: readonly Source[];
  /** The advice after the list of failed sources. */
  readonly advice: string;
}

/**
 * Loads the parts in the store, and the others from the first source that works.
 *
 * Every part is verified against its published sha256, whether it comes from the store or a source.
 *
 * @throws what `onProgress` throws, the signal's reason, and an AggregateError when no source works
 */
export async function load<Dataset>(
  dataset: DatasetDeclaration<Dataset>,
  places: LoadPlaces,
  { signal, onProgress, stallTimeout = 60_000 }: LoadOptions,
): Promise<Dataset> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const cancel = () => controller.abort(signal!.reason);
  signal?.addEventListener('abort', cancel);
  // An error in the caller's onProgress stops loading like its signal: otherwise it would count as a failure of the source.
  let failure: { error: unknown } | undefined;
  const report = (progress: LoadProgress) => {
    if (failure) return;
    try {
      onProgress?.(progress);
    } catch (error) {
      failure = { error };
      controller.abort(error);
    }
  };
  const loading = { signal: controller.signal, onProgress: report, stallTimeout };
  try {
    return await loadParts(dataset, places, loading);
  } catch (error) {
    throw failure ? (failure as { error: unknown }).error : error;
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
}

async function loadParts<Dataset>(
  dataset: DatasetDeclaration<Dataset>,
  { store, sources, advice }: LoadPlaces,
  { signal, onProgress, stallTimeout }: Required<Pick<LoadOptions, 'signal' | 'onProgress' | 'stallTimeout'>>,
): Promise<Dataset> {
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
      const wrong = await findProblem(dataset.name, part, content);
      if (wrong) reporter.log('notice', `${wrong}; it was kept in ${store.place} and is fetched again`);
      else keep(part.file, content);
    }
  };

  await takeKept();
  if (missing.size > 0) {
    await store.exclusively(
      async () => {
        await takeKept(); // another process may have fetched them in the meantime
        if (missing.size === 0) return;
        const accept = async (file: string, content: Uint8Array<ArrayBuffer>) => {
          signal.throwIfAborted();
          const part = dataset.parts.find((candidate) => candidate.file === file)!;
          const wrong = await findProblem(dataset.name, part, content);
          if (wrong) throw new Error(wrong);
          await store.write(part, content);
          keep(file, content);
          reporter.log('storing', `${file} verified and kept in ${store.place}`);
        };
        await fetchFirst(sources, { dataset, missing, accept, reporter, signal, stallTimeout }, advice);
      },
      (message) => reporter.log('waiting', message),
      signal,
    );
  }
  signal.throwIfAborted();
  return dataset.decode((file) => {
    const content = loaded.get(file);
    if (!content)
      throw new Error(`${dataset.name}: decode takes ${file}, which is not a part or was already taken`);
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
          reporter.log('notice', `${source.name} failed: ${formatReason(error)}; ${next}`);
        }
        if (!again) break;
      }
    }
  }
  const list = failures.map(({ source, error }) => `\n  - ${source}: ${formatReason(error)}`).join('');
  throw new AggregateError(
    failures.map(({ error }) => error),
    `${dataset.name}: no source gave ${dataset.title}:${list}\n${advice}`,
  );
}
