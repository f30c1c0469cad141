import { FinalError, type SourceContext } from './source';

/**
 * The bytes behind a URL, chunk by chunk; gives up when none comes for `stallTimeout` milliseconds.
 *
 * @param onLength told the number of bytes to come, null when the server does not say
 * @throws FinalError on HTTP 4xx; other errors on 5xx, lost connections and stalls
 */
export async function* download(
  url: string,
  { signal, stallTimeout }: Pick<SourceContext, 'signal' | 'stallTimeout'>,
  onLength: (bytes: number | null) => void = () => {},
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const controller = new AbortController();
  const cancel = () => controller.abort(signal.reason);
  signal.throwIfAborted();
  signal.addEventListener('abort', cancel);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const expectByte = () => {
    clearTimeout(timer);
    timer = setTimeout(
      () => controller.abort(new Error(`no byte came for ${stallTimeout / 1000} s`)),
      stallTimeout,
    );
  };
  try {
    expectByte();
    // A damaged answer that the browser keeps would come again; and what is good is kept by its user.
    const response = await fetch(url, { signal: controller.signal, cache: 'no-store' });
    if (!response.ok) {
      const Kind = response.status < 500 ? FinalError : Error;
      throw new Kind(`HTTP ${response.status} ${response.statusText}`.trim());
    }
    // The length of a body that the server compressed says nothing about what fetch hands out.
    const length = response.headers.has('content-encoding') ? null : response.headers.get('content-length');
    onLength(length === null ? null : Number(length));
    if (!response.body) throw new Error('the answer has no body');
    const reader = response.body.getReader();
    for (;;) {
      expectByte();
      const { done, value } = await reader.read();
      if (done) break;
      clearTimeout(timer); // whoever takes the chunk may be slow without the server being so
      yield value;
    }
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
    controller.abort(); // closes the connection when the consumer stopped early
  }
}

/** The whole content behind a URL. */
export async function downloadFile(
  url: string,
  context: Pick<SourceContext, 'signal' | 'stallTimeout'>,
  onLength?: (bytes: number | null) => void,
  onBytes: (bytes: number) => void = () => {},
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of download(url, context, onLength)) {
    chunks.push(chunk);
    onBytes(chunk.length);
  }
  return concat(chunks);
}

export function concat(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}
