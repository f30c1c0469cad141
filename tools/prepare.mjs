// Prepares a checkout for its programs: pnpm, the dependencies, and what turbo generates and builds.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasPnpm, pnpmInstallation, root } from './pnpm.mjs';
import { stage } from './stage.mjs';

/** Installs missing dependencies; uses no network when everything is installed, and deletes nothing. */
export async function install() {
  if (!hasPnpm() && (await stage(pnpmInstallation)).status !== 'passed') return false;
  if (isInstalled()) return true;
  const { status } = await stage({
    title: 'installing dependencies',
    command: 'pnpm',
    args: ['install', '--frozen-lockfile', '--prefer-offline', '--config.confirmModulesPurge=false'],
  });
  return status === 'passed';
}

/** `tasks` of turbo (generate, build) for every package or for those that `filter` names, and what they depend on. */
export async function turbo(tasks, { title, filter, env }) {
  const { status } = await stage({
    title,
    env,
    command: 'turbo',
    args: ['run', ...tasks, '--output-logs=errors-only', ...(filter ? [`--filter=${filter}`] : [])],
  });
  return status === 'passed';
}

/** Whether the lockfile is installed: pnpm keeps a copy of the installed one. */
function isInstalled() {
  try {
    const installed = readFileSync(join(root, 'node_modules', '.pnpm', 'lock.yaml'));
    return installed.equals(readFileSync(join(root, 'pnpm-lock.yaml')));
  } catch {
    return false;
  }
}
