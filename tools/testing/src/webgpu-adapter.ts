import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Whether there is a WebGPU adapter, software or not. */
    webgpuAdapter: boolean;
  }
}

// In a separate process: Dawn would keep this one running.
const probe = `
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  const adapter = await create([]).requestAdapter();
  if (!adapter) console.error('Dawn finds no adapter; install a Vulkan driver, such as mesa-vulkan-drivers of Mesa 23 or newer');
  process.exit(adapter ? 0 : 1);`;

/** Looks for an adapter once for the whole project. Without one, the tests are skipped with a message, or fail in CI. */
export default function findAdapter(project: TestProject): void {
  const cwd = fileURLToPath(new URL('../../../packages/backend-webgpu', import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', probe], {
    cwd,
    encoding: 'utf8',
  });
  project.provide('webgpuAdapter', status === 0);
  if (status === 0) return;
  const reason = stderr.trim().split('\n').at(-1) ?? 'no WebGPU adapter';
  if (process.env.CI) throw new Error(`the tests on webgpu need a WebGPU adapter: ${reason}`);
  console.warn(`▸ the tests of the project webgpu are skipped: ${reason}`);
}
