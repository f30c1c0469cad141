import { findAdapter } from '../../../src/backends/select-backend.browser';
import { BackendUnavailable } from '../../../src/backends/unavailable';
import { datasetNames, datasets } from '../../../src/data/datasets';
import { readdir } from '../../../src/lib/files.browser';
import type { BackendState, DatasetState, Environment } from '../protocol';

/** The capabilities of this browser. */
export async function inspect(): Promise<Environment> {
  const { quota, usage = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  return {
    isolated: globalThis.crossOriginIsolated === true,
    webgpu: await webgpu(),
    threads: globalThis.crossOriginIsolated ? Math.min(8, navigator.hardwareConcurrency) : 1,
    datasets: await Promise.all(datasetNames.map(datasetState)),
    storage: { usedBytes: usage, freeBytes: quota === undefined ? null : quota - usage },
    obstacle: obstacle(),
  };
}

async function datasetState(name: DatasetState['name']): Promise<DatasetState> {
  const kept = await readdir(name).catch((): string[] => []);
  return { name, title: datasets[name].title, kept: kept.length > 0 };
}

async function webgpu(): Promise<BackendState> {
  try {
    const { adapter, software } = await findAdapter();
    return { works: true, details: adapter, slow: software };
  } catch (error) {
    if (error instanceof BackendUnavailable)
      return { works: false, why: error.message, advice: error.advice };
    return { works: false, why: String(error), advice: 'use simd' };
  }
}

function obstacle(): string | null {
  if (!globalThis.isSecureContext) {
    return 'This page was loaded over plain http. Browsers give storage and threads only to pages over https or from localhost; open it that way.';
  }
  if (!navigator.storage?.getDirectory) {
    return 'This browser has no private file system (OPFS), or disables it in private windows. Update the browser or leave the private window.';
  }
  return null;
}
