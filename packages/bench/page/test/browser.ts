import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const executablePath = [
  process.env.CHROMIUM,
  process.env.CHROME_PATH,
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
].find((path) => path && existsSync(path));

/** Whether there is a Chromium for the tests; required in CI. */
export function hasChromium(): boolean {
  if (executablePath) return true;
  if (process.env.CI) throw new Error('no Chromium on this machine; set CHROMIUM to its path');
  console.warn('No Chromium on this machine, so the page is not tested; set CHROMIUM to its path');
  return false;
}

/** Starts it without a window and without network access beyond this machine. */
export function launch({ webgpu = false } = {}): Promise<Browser> {
  const gpu = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--ignore-gpu-blocklist'];
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-default-apps',
      '--disable-sync',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost',
      ...(webgpu ? gpu : ['--disable-gpu']),
    ],
  });
}
