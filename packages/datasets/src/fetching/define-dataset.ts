import {
  assertArgument,
  assertOptions,
  func,
  type Kind,
  type Kinds,
  listOf,
  object,
  positive,
  required,
  text,
} from '@tenfold/checks';
import { findPlaces } from '../platform';
import { assertFileName } from '../stores/assert-file-name';
import type { DatasetDeclaration, Part } from './declaration';
import { load } from './load';
import type { LoadOptions } from './load-options';

/** Loads a dataset from the cache, or else from the first source that works. */
export interface DatasetLoader<Dataset> {
  (options?: LoadOptions): Promise<Dataset>;
  /** The files of the dataset. All loaded data are verified against their sha256. */
  readonly parts: readonly Part[];
}

const sourceList: Kind = {
  expected: 'a list of at least one source, each a name, a URL or a path',
  accepts: (value) =>
    Array.isArray(value) &&
    value.length > 0 &&
    Array.from(value).every((entry) => typeof entry === 'string' && entry !== ''),
};

const abortSignal: Kind = {
  expected: 'an AbortSignal',
  // Checked by its members, because pages, workers and test environments have different AbortSignal classes.
  accepts: (value) =>
    typeof value === 'object' &&
    value !== null &&
    typeof (value as AbortSignal).aborted === 'boolean' &&
    typeof (value as AbortSignal).throwIfAborted === 'function',
};

const loadKinds: Kinds<LoadOptions> = {
  cacheDirectory: text,
  sources: sourceList,
  signal: abortSignal,
  onProgress: func,
  stallTimeout: positive,
};

const declarationKinds: Kinds<DatasetDeclaration<unknown>> = {
  name: required(text),
  title: required(text),
  parts: required(listOf(object)),
  sources: required(object),
  conversions: listOf(object),
  decode: required(func),
};

/**
 * Makes a function that loads a dataset from its declaration: parts with their digests, sources and a decoder.
 *
 * Fetching, verification, caching, progress, cancellation and waiting for other processes are the same for all datasets, in Node and
 * in the browser.
 *
 * @throws when the declaration is incomplete or has no parts, or contains a name that is not valid for a folder or file
 * @example
 * const digits = defineDataset({
 *   name: 'digits',
 *   title: 'My digits',
 *   parts: [{ file: 'digits.bin', bytes: 785_000, sha256: '0f3a…' }],
 *   sources: { official: 'https://example.org/digits/' },
 *   decode: (take) => decodeDigits(take('digits.bin')),
 * });
 * const dataset = await digits();
 */
export function defineDataset<Dataset>(declaration: DatasetDeclaration<Dataset>): DatasetLoader<Dataset> {
  assertArgument('defineDataset', 'declaration', declaration, required(object));
  for (const [property, kind] of Object.entries(declarationKinds)) {
    assertArgument('defineDataset', property, declaration[property as keyof typeof declaration], kind);
  }
  const { name, parts } = declaration;
  if (parts.length === 0) throw new Error(`defineDataset: ${name} has no parts; give at least one`);
  for (const word of [name, ...parts.map(({ file }) => file)]) assertFileName('defineDataset', word);
  const loader = async (options: LoadOptions = {}): Promise<Dataset> => {
    assertOptions(name, options, loadKinds);
    return load(declaration, await findPlaces(declaration, options), options);
  };
  return Object.assign(loader, { parts });
}
