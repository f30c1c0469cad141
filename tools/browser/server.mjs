import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.map': 'application/json' };

/** What a page is served with; the first part of its path names one of these. */
const HEADERS = {
  plain: {},
  isolated: {
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
  },
  workerless: {
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Content-Security-Policy': "script-src 'self' 'wasm-unsafe-eval'; worker-src 'none'",
  },
};

/**
 * Serves a folder on 127.0.0.1: /HEADERS/path is the file `path`, sent with the headers of that name.
 *
 * @returns the address and how to end it
 */
export async function serve(folder) {
  const server = createServer(async (request, response) => {
    const [, kind, ...rest] = new URL(request.url, 'http://127.0.0.1').pathname.split('/');
    const path = normalize(join(folder, ...rest));
    try {
      if (!(kind in HEADERS) || !path.startsWith(folder)) throw new Error('not served');
      const body = await readFile(path);
      response.writeHead(200, { 'Content-Type': TYPES[extname(path)] ?? 'text/plain', ...HEADERS[kind] });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { address: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}
