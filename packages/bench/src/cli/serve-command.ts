import pc from 'picocolors';
import { datasetNames, datasets } from '../data/datasets';
import type { Dependencies, Streams } from './dependencies';
import { UsageError } from './usage-error';

export interface ServeFlags {
  port: number;
  host: string;
  cache?: string;
}

/** Serves the bench as a page until it is stopped. */
export async function serveCommand(
  { port, host, cache }: ServeFlags,
  deps: Dependencies,
  { out, err }: Streams,
): Promise<number> {
  if (host.trim() === '') {
    throw new UsageError(
      '--host is empty, which would mean every address; expected an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all',
    );
  }
  const server = await deps.serve({ port, host, cacheDirectory: cache }).catch((error) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw new UsageError(`--port is ${port}, which is in use; choose another, or 0 for any free port`);
    }
    if (code === 'EACCES')
      throw new UsageError(`--port is ${port}, which this user may not open; choose one above 1023`);
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      throw new UsageError(`--host is '${host}', which is not an address of this machine`);
    }
    throw error;
  });
  out.write(`${server.url}\n`);
  for (const name of datasetNames) {
    const { title } = datasets[name];
    err.write(
      server.served.includes(name)
        ? `${title} is served from this machine.\n`
        : `${title} is not on this machine yet; the page downloads it.\n`,
    );
  }
  err.write('Press Ctrl-C to stop.\n');
  if (host !== '127.0.0.1' && host !== 'localhost') {
    err.write(
      `${pc.yellow('Other machines')} get a page without storage and threads over plain http: put https in front of it. Anyone who can reach this port can read the page and the datasets.\n`,
    );
  }
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
  });
  await server.close();
  return 0;
}
