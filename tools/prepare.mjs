// Brings a checkout to the point where its programs run: pnpm, the dependencies, what turbo generates and builds.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasPnpm, pnpmInstallation, root } from './pnpm.mjs';
import { stage } from './stage.mjs';

/** Installs what is missing; uses no network when everything is there. Throws away nothing. */
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

/** pnpm keeps a copy of the lockfile that it has installed. */
function isInstalled() {
  try {
    const installed = readFileSync(join(root, 'node_modules', '.pnpm', 'lock.yaml'));
    return installed.equals(readFileSync(join(root, 'pnpm-lock.yaml')));
  } catch {
    return false;
  }
}
