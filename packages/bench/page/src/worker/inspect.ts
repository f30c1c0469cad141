import { findAdapter } from '../../../src/backends/select-backend.browser';
import { BackendUnavailable } from '../../../src/backends/unavailable';
import { readdir } from '../../../src/lib/files.browser';
import type { BackendState, Environment } from '../protocol';

/** What this browser can do for the page. */
export async function inspect(): Promise<Environment> {
  const { quota, usage = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  return {
    isolated: globalThis.crossOriginIsolated === true,
    webgpu: await webgpu(),
    threads: globalThis.crossOriginIsolated ? Math.min(8, navigator.hardwareConcurrency) : 1,
    storage: {
      usedBytes: usage,
      freeBytes: quota === undefined ? null : quota - usage,
      hasData: await readdir('cifar10').then(
        (names) => names.length > 0,
        () => false,
      ),
    },
    obstacle: obstacle(),
  };
}

async function webgpu(): Promise<BackendState> {
  try {
    const { adapter, software } = await findAdapter();
    return { works: true, details: adapter, slow: software };
  } catch (error) {
    if (error instanceof BackendUnavailable)
      return { works: false, why: error.message, advice: error.advice };
    return { works: false, why: String(error), advice: 'take simd' };
  }
}

function obstacle(): string | null {
  if (!globalThis.isSecureContext) {
    return 'This page came over plain http. Browsers give storage and threads only to pages over https or from localhost: open it there.';
  }
  if (!navigator.storage?.getDirectory) {
    return 'This browser has no private file system (OPFS) for pages, or keeps it closed in private windows. Update the browser or leave the private window.';
  }
  return null;
}
