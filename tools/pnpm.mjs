// Finds the pnpm version that this repository pins, and downloads it with npm when the machine has none.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const version = packageManager.split('@')[1];
const home = join(root, '.cache', `pnpm-${version}`);
const local = join(home, 'node_modules', '.bin');

/** The name of npm, which on Windows is a file that only a shell can start. */
export const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
export const shell = process.platform === 'win32';

/** An environment with `pnpm` and the workspace's installed programs on the PATH. */
export function environment() {
  const bins = [join(root, 'node_modules', '.bin'), ...(existsSync(local) ? [local] : [])];
  return {
    ...process.env,
    PATH: [...bins, process.env.PATH].join(delimiter),
    // Without these, pnpm would look for another version of itself, turbo for a newer one, and both would report home.
    COREPACK_ENABLE_STRICT: '0',
    npm_config_manage_package_manager_versions: 'false',
    TURBO_TELEMETRY_DISABLED: '1',
    TURBO_NO_UPDATE_NOTIFIER: '1',
    DO_NOT_TRACK: '1',
  };
}

/** Whether the pinned pnpm is available, in the project or on the PATH. */
export function hasPnpm() {
  try {
    const found = execFileSync('pnpm', ['--version'], {
      env: environment(),
      shell,
      cwd: root,
      stdio: 'pipe',
    });
    return found.toString().trim() === version;
  } catch {
    return false;
  }
}

export const pnpmInstallation = {
  title: `fetching pnpm ${version} into .cache`,
  command: npm,
  args: [
    'install',
    '--prefix',
    home,
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    `pnpm@${version}`,
  ],
};
