import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { send, serve } from '../../test/fixtures';
import { download, downloadFile } from './download';

const signal = new AbortController().signal;

it('does not blame the server for a slow consumer', async () => {
  const content = new Uint8Array(5e6).fill(7);
  const server = await serve((_, response) => send(response, content));
  const lengths: (number | null)[] = [];
  let bytes = 0;
  for await (const chunk of download(server.url, { signal, stallTimeout: 1000, maxBytes: 5e6 }, (n) =>
    lengths.push(n),
  )) {
    if (bytes === 0) await sleep(1500);
    bytes += chunk.length;
  }
  await server.close();
  expect([bytes, lengths]).toEqual([5e6, [5e6]]);
});

it('closes the connection when the consumer stops early', async () => {
  let closed: () => void = () => {};
  const closing = new Promise<void>((resolve) => {
    closed = resolve;
  });
  const server = await serve((_, response) => {
    response.on('close', closed);
    response.writeHead(200).write('the first of many bytes');
  });
  for await (const _ of download(server.url, { signal, stallTimeout: 5000, maxBytes: 100 })) break;
  await closing;
  await server.close();
});

/** Downloads at most 100 kB from a server; returns the error and the number of bytes sent. */
async function failDownload(answer: (response: ServerResponse) => void, stallTimeout = 5000) {
  let sent = 0;
  const server = await serve((_, response) => {
    const { write } = response;
    response.write = ((chunk: Uint8Array) => {
      sent += chunk.length;
      return write.call(response, chunk, 'utf8');
    }) as typeof response.write;
    answer(response);
  });
  const error = await downloadFile(server.url, { signal, stallTimeout, maxBytes: 1e5 }).catch((e) => e);
  await server.close();
  return { message: (error as Error).message, sent };
}

const zeros = Buffer.alloc(2 ** 16);
/** Writes zeros as long as the consumer accepts them. */
function endless(stream: NodeJS.WritableStream): void {
  while (stream.write(zeros));
  stream.once('drain', () => endless(stream));
}

describe('a server that sends too much or too little', () => {
  it('is aborted at the limit if its body has no end', async () => {
    const { message, sent } = await failDownload((response) => endless(response.writeHead(200)));
    expect(message).toBe('the server sends more than 100000 bytes, expected at most 100000');
    expect(sent).toBeLessThan(2e7); // what fits in the buffers in between
  });

  it('is aborted before its body if its length is too large', async () => {
    const { message } = await failDownload((response) =>
      response.writeHead(200, { 'content-length': 1e9 }).flushHeaders(),
    );
    expect(message).toBe('the server sends 1000000000 bytes, expected at most 100000');
  });

  it('is aborted at the limit of the unpacked size', async () => {
    const { message, sent } = await failDownload((response) => {
      const gzip = createGzip({ level: 9 });
      gzip.pipe(response.writeHead(200, { 'content-encoding': 'gzip' }));
      response.on('close', () => gzip.destroy());
      endless(gzip);
    });
    expect(message).toBe('the server sends more than 100000 bytes, expected at most 100000');
    expect(sent).toBeLessThan(1e6);
  });

  it('is given up if it sends a byte now and then', async () => {
    const { message } = await failDownload((response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write(zeros.subarray(0, 1)), 50);
      response.on('close', () => clearInterval(timer));
    }, 1000);
    expect(message).toMatch(/^only \d+ bytes received for 1 s$/);
  });
});
