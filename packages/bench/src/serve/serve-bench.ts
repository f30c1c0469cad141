import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '@tenfold/datasets';
import { type PageServer, servePage } from './page-server';

export interface ServeOptions {
  host: string;
  port: number;
  /** Where CIFAR-10 is kept. */
  cacheDirectory?: string;
}

/** Serves the page that was built with the bench; says whether it brings the whole data set along. */
export async function serveBench({
  host,
  port,
  cacheDirectory,
}: ServeOptions): Promise<PageServer & { hasData: boolean }> {
  const pageFolder = fileURLToPath(new URL('./page', import.meta.url));
  if (!existsSync(join(pageFolder, 'index.html'))) {
    throw new Error(`serveBench: ${pageFolder} holds no page; build or reinstall @tenfold/bench`);
  }
  const dataFolder = await cacheFolder('cifar10', cacheDirectory);
  const server = await servePage({ pageFolder, dataFolder, host, port });
  return { ...server, hasData: existsSync(join(dataFolder, 'test_batch.bin')) };
}
