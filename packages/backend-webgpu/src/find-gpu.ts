import { WebgpuUnavailable } from './unavailable';

interface Dawn {
  create(options: string[]): GPU;
  globals: object;
}

// Kept for the life of the program, since Dawn frees objects that JavaScript collects.
let dawn: GPU | undefined;

/**
 * The entry point of WebGPU: the browser's, or in Node that of the package `webgpu`, which is Dawn, Chromium's
 * implementation. In Node it also defines the globals that tfjs's backend needs.
 *
 * @throws a {@link WebgpuUnavailable}
 */
export async function findGpu(options: string[]): Promise<GPU> {
  if (globalThis.navigator?.gpu) return globalThis.navigator.gpu;
  if (!isNode()) {
    throw new WebgpuUnavailable(
      'no WebGPU',
      globalThis.isSecureContext === false
        ? 'this page is not a secure context, so it has no WebGPU'
        : 'this browser has no WebGPU',
      globalThis.isSecureContext === false
        ? 'serve it over https or from localhost'
        : 'use a current Chrome, Edge, Safari or Firefox; in Chrome for Linux start it with --enable-unsafe-webgpu --enable-features=Vulkan, and see chrome://gpu',
    );
  }
  dawn ??= await startDawn(options);
  if (!globalThis.navigator) {
    Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true });
  }
  Object.defineProperty(globalThis.navigator, 'gpu', { value: dawn, configurable: true });
  return dawn;
}

async function startDawn(options: string[]): Promise<GPU> {
  // Not a literal, or a bundler for the browser would resolve the package.
  const name = 'webgpu';
  let module: Dawn;
  try {
    module = (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as Dawn;
  } catch (cause) {
    const message = firstLine(cause);
    if (/Cannot find (package|module)|ERR_MODULE_NOT_FOUND|Failed to load url/.test(message)) {
      throw new WebgpuUnavailable(
        'not installed',
        "the package 'webgpu', which brings WebGPU to Node, is not installed",
        'npm install webgpu',
        { cause },
      );
    }
    throw new WebgpuUnavailable(
      'no binary',
      `the package 'webgpu' does not load (${message})`,
      'install it on a platform that it has a binary for: Linux with glibc, macOS or Windows, on x64 or arm64 (npm install webgpu)',
      { cause },
    );
  }
  Object.assign(globalThis, module.globals);
  return module.create(options);
}

const isNode = (): boolean => typeof process === 'object' && Boolean(process.versions?.node);

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
