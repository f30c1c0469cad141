import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ImageSet } from '@tenfold/datasets';
import { encode } from 'fast-png';
import type { BrowserContext } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { servePage } from '../src/serve/page-server';
import { hasChromium } from './test/browser';
import { smallData } from './test/small-page';
import { choose, finished, PATIENCE, visiting } from './test/visiting';

const PART = 80; // images
const PIECES = 8;

describe.skipIf(!hasChromium())('the page without the data', { timeout: 2 * PATIENCE }, async () => {
  const network = await startNetwork();
  afterAll(() => network.close());
  const { place, visit } = visiting({
    networks: { jsdelivr: `${network.url}first/`, unpkg: `${network.url}second/` },
  });

  it('fetches them from networks with its progress, and again what came damaged or broke off', async () => {
    const { folders } = place;
    const bare = await servePage({
      ...folders,
      dataFolder: folders.pageFolder,
      host: '127.0.0.1',
      port: 0,
      networks: [new URL(network.url).origin],
    });
    try {
      const page = await visit({}, { url: `${bare.url}#epochs=1`, prepare: noteStages });
      await choose(page, 'fnn');
      await page.click('#start');
      await finished(page);
      const stages = (await page.evaluate(() => stagesSeen())).join('\n');
      expect(stages).toMatch(
        /Downloading CIFAR-10: [\d.]+ .?i?B of [\d.]+ .?i?B, [\d.]+ .?i?B\/s, [\d.]+ m?s left/,
      );
      expect(stages).toMatch(/jsdelivr failed: data_batch_2.*trying it again/);
      expect(stages).toMatch(/jsdelivr failed: data_batch_4.*trying the next source/);
      // A part that has come is not fetched again, and one that came damaged is not taken from a cache.
      expect(network.asked('data_batch_1')).toEqual(['first']);
      expect(network.asked('data_batch_2')).toEqual(['first', 'first']);
      expect(network.asked('data_batch_4')).toEqual(['first', 'second']);
      expect(network.asked('test_batch')).toEqual(['second']);

      await page.reload();
      await page.click('.runs button:has-text("View")');
      await finished(page);
      await page.click('text=Predict test images with fnn');
      await page.waitForSelector('#seen .samples > li');
      expect(network.asked('test_batch')).toEqual(['second']); // they were kept
    } finally {
      await bare.close();
    }
  });
});

declare const stagesSeen: () => string[];

async function noteStages(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const seen: string[] = [];
    Object.assign(globalThis, { stagesSeen: () => seen });
    addEventListener('DOMContentLoaded', () => {
      const stage = document.getElementById('stage')!;
      new MutationObserver(() => seen.push(stage.textContent ?? '')).observe(stage, { childList: true });
    });
  });
}

/** The files of the npm package, to pages of any origin and for browsers to keep; slow, and with two accidents. */
async function startNetwork() {
  const files = publishedFiles();
  const requests: { source: string; file: string }[] = [];
  const server = createServer(async ({ url = '/' }, response) => {
    const [source = '', file = ''] = [url.split('/')[1], url.split('/').at(-1)];
    const body = files.get(file);
    const before = requests.filter((request) => request.file === file).length;
    requests.push({ source, file });
    const open = { 'Access-Control-Allow-Origin': '*' };
    if (!body) return response.writeHead(404, open).end();
    const content = body.slice();
    if (file === 'data_batch_2.png' && before === 0) content[content.length >> 1]! ^= 1;
    response.writeHead(200, {
      ...open,
      'Cache-Control': 'public, max-age=31536000, immutable',
      'Content-Length': content.length,
    });
    const size = Math.ceil(content.length / PIECES);
    for (let piece = 0; piece < PIECES; piece++) {
      if (file === 'data_batch_4.png' && before === 0 && piece === PIECES / 2) return response.destroy();
      response.write(content.subarray(piece * size, (piece + 1) * size));
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    /** Which sources were asked for a part, in order. */
    asked: (part: string) =>
      requests.filter(({ file }) => file === `${part}.png`).map(({ source }) => source),
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

function publishedFiles(): Map<string, Uint8Array> {
  const labels = ({ labels }: ImageSet) => new TextEncoder().encode(JSON.stringify([...labels]));
  const png = ({ images }: ImageSet, first: number) =>
    encode({
      width: 1024,
      height: PART,
      channels: 3,
      depth: 8,
      data: images.subarray(first * 3072, (first + PART) * 3072),
    });
  const { train, test } = smallData;
  return new Map([
    ['train_lables.json', labels(train)],
    ['test_lables.json', labels(test)],
    ['test_batch.png', png(test, 0)],
    ...[0, 1, 2, 3, 4].map((i) => [`data_batch_${i + 1}.png`, png(train, i * PART)] as const),
  ]);
}
