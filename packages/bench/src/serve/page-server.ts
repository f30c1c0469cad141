import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, isIP } from 'node:net';
import os from 'node:os';
import { dirname, extname, join, normalize, sep } from 'node:path';
import { datasetNames, datasets } from '../data/datasets';

export interface PageServer {
  /** The address of the page. */
  readonly url: string;
  close(): Promise<void>;
}

export interface PageServerOptions {
  /** The folder of the built page. */
  pageFolder: string;
  /** That holds datasets, each in a folder of its name; what is there of their parts is served with the page. */
  dataFolder: string;
  host: string;
  /** 0: any free port. */
  port: number;
  /** Origins that the page may fetch data from, in addition to this server. Default: those of jsDelivr and unpkg. */
  networks?: string[];
}

const types: { [ending: string]: string } = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.bin': 'application/octet-stream',
};

const policy = (networks: string[]) => ({
  'default-src': "'self'",
  // WebAssembly has to be compiled, and simd's threads start from a blob.
  'script-src': "'self' 'wasm-unsafe-eval'",
  'worker-src': "'self' blob:",
  'connect-src': ["'self'", ...networks].join(' '),
  'img-src': "'self' data: blob:",
  // Charts have sizes and colors in style attributes.
  'style-src': "'self' 'unsafe-inline'",
  'object-src': "'none'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
});

const createHeaders = (networks: string[]) => ({
  // Without these two headers a page has no shared memory, and simd only one thread.
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Content-Security-Policy': Object.entries(policy(networks))
    .map(([directive, sources]) => `${directive} ${sources}`)
    .join('; '),
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
});

/** Serves the page, and the bench's datasets from this machine's cache, as far as they are there. */
export async function servePage({
  pageFolder,
  dataFolder,
  host,
  port,
  networks = ['https://cdn.jsdelivr.net', 'https://unpkg.com'],
}: PageServerOptions): Promise<PageServer> {
  const headers = createHeaders(networks);
  const parts = new Set(await partPaths());
  const server = createServer((request, response) => {
    void answer(request, response).catch(() => {
      if (!response.headersSent) response.writeHead(500, headers);
      response.end();
    });
  });

  async function answer(
    { method, url = '/', headersDistinct }: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const hosts = headersDistinct.host ?? [];
    if (hosts.length !== 1 || !isOwnName(hosts[0]!, host)) {
      return refuse(response, 421, `this page is not at ${hosts.join(', ') || 'an address without a name'}`);
    }
    if (method !== 'GET' && method !== 'HEAD') {
      return refuse(response, 405, 'only GET and HEAD', { Allow: 'GET, HEAD' });
    }
    const path = parsePath(url);
    const file = path === undefined ? undefined : await findFile(path);
    const found = file === undefined ? undefined : await stat(file).catch(() => undefined);
    if (file === undefined || !found?.isFile()) return refuse(response, 404, 'not found');
    response.writeHead(200, {
      ...headers,
      'Content-Type': types[extname(file)] ?? 'application/octet-stream',
      'Content-Length': found.size,
      // Files named by a hash of their content never change; the browser revalidates the others.
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

  function refuse(
    response: ServerResponse,
    status: 404 | 405 | 421,
    reason: string,
    more: { [header: string]: string } = {},
  ): void {
    response.writeHead(status, { ...headers, ...more, 'Content-Type': 'text/plain' });
    response.end(reason);
  }

  async function findFile(path: string): Promise<string | undefined> {
    const ofData = parts.has(path);
    const file = normalize(join(ofData ? dataFolder : pageFolder, path === '/' ? 'index.html' : path));
    const folder = ofData ? dirname(file) : pageFolder;
    if (!file.startsWith(folder + sep)) return undefined;
    // A link in the folder could point to any of the user's files.
    const [real, root] = await Promise.all([realpath(file), realpath(folder)]).catch(() => []);
    return real?.startsWith(root + sep) ? real : undefined;
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

/** Where the parts of every dataset are below the page, such as /cifar10/test_batch.bin. */
async function partPaths(): Promise<string[]> {
  const paths = datasetNames.map(async (name) => {
    const { parts } = await datasets[name].loader();
    return parts.map(({ file }) => `/${name}/${file}`);
  });
  return (await Promise.all(paths)).flat();
}

function parsePath(url: string): string | undefined {
  try {
    return decodeURIComponent(new URL(url, 'http://localhost').pathname);
  } catch {
    return undefined;
  }
}

/**
 * Whether a Host header names this server: by an address, as localhost, by its listening address or by the machine's name.
 * Any other name may be that of a site that resolves it to this address (DNS rebinding), to get the same origin as this page.
 */
function isOwnName(header: string, host: string): boolean {
  const name = header.replace(/:\d+$/, '').toLowerCase();
  const address = name.replace(/^\[(.*)\]$/, '$1');
  return (
    isIP(address) !== 0 ||
    ['localhost', host, os.hostname()].some((hostName) => hostName.toLowerCase() === name)
  );
}
