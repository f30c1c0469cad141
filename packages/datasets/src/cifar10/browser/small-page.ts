// Loads the small data set in a page; for tests only.
import { load } from '../load';
import { smallFormat } from '../small-data';
import { cacheStore } from './cache-store';
import { browserSource } from './sources';

/** Loads twice and reports what happened to the server of the page. */
export async function main(): Promise<void> {
  const parameters = new URLSearchParams(location.search);
  const messages: string[] = [];
  const report: Record<string, unknown> = { messages };
  try {
    const source = browserSource(parameters.get('source') ?? '');
    const options = { onProgress: ({ phase }: { phase: string }) => messages.push(phase) };
    const run = () => load(smallFormat, cacheStore('test', smallFormat), [source], '', options);
    const [first, meanwhile] = await Promise.all([run(), run()]);
    messages.push('again');
    const again = await run();
    report.labels = [first, meanwhile, again].map(({ train, test }) => [...train.labels, ...test.labels]);
    report.bytes = [first, meanwhile, again].map(({ train, test }) => [
      train.images.reduce((sum, byte, i) => (sum + byte * (i % 1009)) % 1_000_003, 0),
      test.images.reduce((sum, byte, i) => (sum + byte * (i % 1009)) % 1_000_003, 0),
    ]);
  } catch (error) {
    report.error = String(error);
  }
  await fetch('/report', { method: 'POST', body: JSON.stringify(report) });
}
