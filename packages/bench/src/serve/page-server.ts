import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize, sep } from 'node:path';

export interface PageServer {
  /** Where the page is. */
  readonly url: string;
  close(): Promise<void>;
}

export interface PageServerOptions {
  /** Of the built page. */
  pageFolder: string;
  /** That holds CIFAR-10 as data_batch_1.bin … test_batch.bin, or some of it; what is there is served with the page. */
  dataFolder: string;
  host: string;
  /** 0 is any that is free. */
  port: number;
}

const types: { [ending: string]: string } = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.bin': 'application/octet-stream',
};

// Without these a page gets no shared memory, and simd one thread.
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
};

const DATA = /^\/cifar10\/((?:data_batch_[1-5]|test_batch)\.bin)$/;

/** Serves the page, and CIFAR-10 from this machine's cache, as far as it is there. */
export async function servePage({
  pageFolder,
  dataFolder,
  host,
  port,
}: PageServerOptions): Promise<PageServer> {
  const server = createServer((request, response) => {
    void answer(request, response).catch(() => {
      if (!response.headersSent) response.writeHead(500, isolation);
      response.end();
    });
  });

  async function answer({ method, url = '/' }: IncomingMessage, response: ServerResponse): Promise<void> {
    if (method !== 'GET' && method !== 'HEAD') return refuse(response, 405);
    const path = pathOf(url);
    const file = path === undefined ? undefined : fileOf(path);
    const found = file === undefined ? undefined : await stat(file).catch(() => undefined);
    if (file === undefined || !found?.isFile()) return refuse(response, 404);
    response.writeHead(200, {
      ...isolation,
      'Content-Type': types[extname(file)] ?? 'application/octet-stream',
      'Content-Length': found.size,
      // What the build names by its content never changes; the rest is asked for again.
      'Cache-Control': path!.startsWith('/assets/') ? 'max-age=31536000, immutable' : 'no-cache',
    });
    if (method === 'HEAD') {
      response.end();
      return;
    }
    const stream = createReadStream(file);
    stream.on('error', () => response.destroy());
    stream.pipe(response);
  }

  function fileOf(path: string): string | undefined {
    const data = DATA.exec(path)?.[1];
    if (data) return join(dataFolder, data);
    const file = normalize(join(pageFolder, path === '/' ? 'index.html' : path));
    return file.startsWith(pageFolder + sep) ? file : undefined;
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  const name = host === '127.0.0.1' || host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return {
    url: `http://${name.includes(':') ? `[${name}]` : name}:${taken}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function pathOf(url: string): string | undefined {
  try {
    return decodeURIComponent(new URL(url, 'http://localhost').pathname);
  } catch {
    return undefined;
  }
}

function refuse(response: ServerResponse, status: 404 | 405): void {
  response.writeHead(status, { ...isolation, 'Content-Type': 'text/plain' });
  response.end(status === 404 ? 'not found' : 'only GET and HEAD');
}
