import { browserSource } from '../src/fetching/browser/sources';
import { load } from '../src/fetching/load';
import { cacheStore } from '../src/stores/browser/cache-store';
import { smallDataset } from './small-dataset';

/** Loads the small dataset three times in a page, and reports the results to the server of the page. */
export async function main(): Promise<void> {
  const parameters = new URLSearchParams(location.search);
  const messages: string[] = [];
  const report: Record<string, unknown> = { messages };
  try {
    const sources = [browserSource(smallDataset, parameters.get('source') ?? '')];
    const places = { store: cacheStore('test', smallDataset), sources, advice: '' };
    const options = { onProgress: ({ phase }: { phase: string }) => messages.push(phase) };
    const run = () => load(smallDataset, places, options);
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
