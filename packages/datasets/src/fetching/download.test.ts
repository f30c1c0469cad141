import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { send, serve } from '../../test/fixtures';
import { download } from './download';

const signal = new AbortController().signal;

it('does not blame the server for a consumer that is slow', async () => {
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
