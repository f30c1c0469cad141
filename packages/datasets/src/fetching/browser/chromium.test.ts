import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  bundledForBrowser,
  type Files,
  pngFiles,
  send,
  serve,
  type TestServer,
  temporaryFolder,
} from '../../../test/fixtures';
import { partNames, smallPart } from '../../../test/small-dataset';

const chromium = [process.env.CHROME_PATH, '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
  (path) => path && existsSync(path),
);

interface Report {
  error?: string;
  messages: string[];
  labels: number[][];
  bytes: number[][];
}

// A page from one server loads the small dataset from another, as from a CDN.
describe('loading in a browser', () => {
  let pages: TestServer;
  let files: Files;
  let mirror: TestServer;
  let reported: (report: Report) => void;

  beforeAll(async () => {
    const scripts = await bundledForBrowser('test/small-page.ts');
    pages = await serve((request, response, path) => {
      if (path === '/report') {
        let text = '';
        request.on('data', (chunk) => (text += chunk));
        request.on('end', () => reported(JSON.parse(text)));
        return response.end();
      }
      if (!path.endsWith('.js')) {
        response.setHeader('content-type', 'text/html');
        return send(
          response,
          `<script type="module">import { main } from './small-page.js'; main();</script>`,
        );
      }
      response.setHeader('content-type', 'text/javascript');
      readFile(join(scripts, basename(path))).then((script) => send(response, script));
    });
    mirror = await serve((_, response, path) => {
      response.setHeader('access-control-allow-origin', '*');
      const content = files[basename(path)];
      if (content) send(response, content);
      else response.writeHead(404).end();
    });
  });
  afterAll(() => Promise.all([pages.close(), mirror.close()]));

  /** Loads from `source` in a page of a new browser, and returns the report. */
  async function visit(source: string): Promise<Report> {
    const report = new Promise<Report>((resolve) => {
      reported = resolve;
    });
    const child = spawn(chromium!, [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      `--user-data-dir=${await temporaryFolder()}`,
      `${pages.url}/?source=${encodeURIComponent(source)}`,
    ]);
    try {
      return await report;
    } finally {
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('close', resolve));
    }
  }

  function needsBrowser(context: { skip: (note: string) => never }): void {
    if (chromium) return;
    if (process.env.CI) throw new Error('no Chromium on this machine; name one by the variable CHROME_PATH');
    console.warn(
      'No Chromium on this machine, nothing is tested in a browser; name one by the variable CHROME_PATH',
    );
    context.skip('no Chromium');
  }

  it('fetches once for two calls, then loads from the cache', async (context) => {
    needsBrowser(context);
    files = pngFiles();
    const report = await visit(`${mirror.url}/`);
    expect(report.error).toBeUndefined();
    const labels = partNames.flatMap((batch) => [...smallPart(batch).labels]);
    expect(report.labels).toEqual([labels, labels, labels]);
    expect(report.bytes[1]).toEqual(report.bytes[0]);
    expect(report.bytes[2]).toEqual(report.bytes[0]);
    const sum = (bytes: Uint8Array) => bytes.reduce((s, byte, i) => (s + byte * (i % 1009)) % 1_000_003, 0);
    const train = Buffer.concat(partNames.slice(0, 5).map((batch) => smallPart(batch).pixels));
    expect(report.bytes[0]).toEqual([sum(train), sum(smallPart('test_batch').pixels)]);
    expect(mirror.requests.filter((path) => path.endsWith('.png'))).toHaveLength(6);
    expect(report.messages.filter((phase) => phase === 'waiting')).toHaveLength(1);
    expect(report.messages.filter((phase) => phase === 'storing')).toHaveLength(6);
    expect(report.messages.at(-1)).toBe('again'); // the last load reported nothing
  });

  it('reports errors', async (context) => {
    needsBrowser(context);
    files = { ...pngFiles(), 'data_batch_2.png': 'no image' };
    expect((await visit(`${mirror.url}/`)).error).toMatch(
      /no source gave CIFAR-10.*data_batch_2\.png cannot be decoded/s,
    );
    expect((await visit('npm')).error).toMatch(/the source 'npm' cannot be used in the browser/);
  });
});
