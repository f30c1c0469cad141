import { FinalError, type SourceContext } from './source';

/** Bytes per second. A download that is slower for `stallTimeout` milliseconds is given up. */
const LEAST_RATE = 1000;

/** Options of {@link download}. */
export interface DownloadOptions extends Pick<SourceContext, 'signal' | 'stallTimeout'> {
  /** The maximum number of bytes, after removing the server's compression. */
  maxBytes: number;
}

/**
 * Downloads a URL in chunks. Gives up if the rate is below 1 kB/s for `stallTimeout` milliseconds.
 *
 * @param onLength called with the expected number of bytes, or null if it is unknown
 * @throws FinalError on HTTP 4xx; other errors on 5xx, lost connections, stalls, and more than `maxBytes`
 */
export async function* download(
  url: string,
  { signal, stallTimeout, maxBytes }: DownloadOptions,
  onLength: (bytes: number | null) => void = () => {},
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const controller = new AbortController();
  const cancel = () => controller.abort(signal.reason);
  signal.throwIfAborted();
  signal.addEventListener('abort', cancel);
  const stall = createStallTimer(stallTimeout, (reason) => controller.abort(reason));
  try {
    stall.start();
    // Without the browser's cache, which could return a damaged response again. The caller keeps good data.
    const response = await fetch(url, { signal: controller.signal, cache: 'no-store' });
    if (!response.ok) {
      const Kind = response.status < 500 ? FinalError : Error;
      throw new Kind(`HTTP ${response.status} ${response.statusText}`.trim());
    }
    // If the server compresses the body, its length is not that of the data.
    const length = response.headers.has('content-encoding') ? null : response.headers.get('content-length');
    if (Number(length) > maxBytes) throw tooLong(`${length} bytes`, maxBytes);
    onLength(length === null ? null : Number(length));
    if (!response.body) throw new Error('the response has no body');
    const reader = response.body.getReader();
    let received = 0;
    for (;;) {
      stall.start();
      const { done, value } = await reader.read();
      stall.pause(value?.length); // the consumer of the chunk may be slow
      if (done) break;
      received += value.length;
      if (received > maxBytes) throw tooLong(`more than ${maxBytes} bytes`, maxBytes);
      yield value;
    }
  } finally {
    stall.pause();
    signal.removeEventListener('abort', cancel);
    controller.abort(); // closes the connection if the consumer has stopped early
  }
}

const tooLong = (size: string, maxBytes: number) =>
  new Error(`the server sends ${size}, expected at most ${maxBytes}`);

/** A timer that runs while waiting for bytes, and restarts when enough bytes have arrived. */
function createStallTimer(stallTimeout: number, onStall: (reason: Error) => void) {
  const enough = Math.max(1, (LEAST_RATE * stallTimeout) / 1000);
  let received = 0;
  let left = stallTimeout;
  let started = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    start() {
      if (timer !== undefined) return;
      started = performance.now();
      timer = setTimeout(() => {
        const seconds = stallTimeout / 1000;
        const what = received === 0 ? 'no data' : `only ${received} bytes`;
        onStall(new Error(`${what} received for ${seconds} s`));
      }, left);
    },
    pause(bytes = 0) {
      if (timer === undefined) return;
      clearTimeout(timer);
      timer = undefined;
      received += bytes;
      left = received >= enough ? stallTimeout : Math.max(0, left - (performance.now() - started));
      if (received >= enough) received = 0;
    },
  };
}

/** Downloads a whole file. */
export async function downloadFile(
  url: string,
  options: DownloadOptions,
  onLength?: (bytes: number | null) => void,
  onBytes: (bytes: number) => void = () => {},
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of download(url, options, onLength)) {
    chunks.push(chunk);
    onBytes(chunk.length);
  }
  return concat(chunks);
}

/** Concatenates chunks. */
export function concat(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
