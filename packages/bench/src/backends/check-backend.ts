import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { assertArgument, assertOptions, oneOf, required } from '@tenfold/checks';
import type { Results } from '../results/results';
import { type ActivateOptions, activateKinds } from './activate';
import { locate } from './locate';
import { type BackendName, backendNames } from './names';
import { npmCommand } from './npm-command';
import type { BackendUnavailable } from './unavailable';

/** The result of a check: whether a backend works here, and if not, why and what to do. */
export type BackendCheck =
  | {
      name: BackendName;
      works: true;
      details: Record<string, string>;
      milliseconds: number;
      peak?: Results['peak'];
    }
  | { name: BackendName; works: false; reason: BackendUnavailable['reason']; why: string; advice: string };

/** The answer of the child process. */
export type ProbeAnswer =
  | { details: Record<string, string>; peak?: Results['peak'] }
  | { reason: BackendUnavailable['reason']; why: string; advice: string };

const TIMEOUT = 60_000;
const packageNames: Partial<Record<BackendName, string[]>> = {
  'node-gpu': ['@tensorflow/tfjs-node-gpu'],
  node: ['@tensorflow/tfjs-node'],
  webgpu: ['webgpu', '@tensorflow/tfjs-backend-webgpu'],
};

/**
 * Checks a backend in a separate process, since a crash in native code ends its process: loads it and trains a tiny network
 * for one step.
 *
 * @param what 'peak' also measures its peak
 * @throws when the name or an option is unknown
 */
export async function checkBackend(
  name: BackendName,
  options: ActivateOptions = {},
  what?: 'peak',
): Promise<BackendCheck> {
  assertArgument('checkBackend', 'name', name, required(oneOf(...backendNames)));
  assertOptions('checkBackend', options, activateKinds);
  assertArgument('checkBackend', 'what', what, oneOf('peak'));
  const start = performance.now();
  const missing = (packageNames[name] ?? []).filter((packageName) => !locate(packageName));
  if (missing.length > 0) {
    const why = `${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} not installed`;
    return { name, works: false, reason: 'not installed', why, advice: npmCommand('install', missing) };
  }
  const answer = await ask(name, options, what);
  if ('details' in answer) {
    return { name, works: true, ...answer, milliseconds: performance.now() - start };
  }
  return { name, works: false, ...answer };
}

function ask(name: BackendName, options: ActivateOptions, what?: 'peak'): Promise<ProbeAnswer> {
  return new Promise((resolve) => {
    const child = fork(probeFile(), [name, JSON.stringify(options), ...(what ? [what] : [])], {
      silent: true,
      timeout: TIMEOUT,
    });
    let [answer, noise]: [ProbeAnswer | undefined, string] = [undefined, ''];
    child.stderr?.on('data', (chunk: Buffer) => {
      noise = (noise + chunk.toString()).slice(-20_000);
    });
    child.stdout?.resume();
    child.on('message', (message) => {
      answer = message as ProbeAnswer;
    });
    child.on('error', (error) => resolve(failed(error.message)));
    child.on('close', (code, signal) => {
      if (answer) resolve('reason' in answer ? withNoise(answer, noise) : answer);
      else if (signal === 'SIGTERM') resolve(failed(`no answer within ${TIMEOUT / 1000} s`));
      else resolve(failed(`its process ended with ${signal ?? `code ${code}`}${lastLine(noise)}`));
    });
  });
}

/** The missing CUDA library, which TensorFlow only prints. */
function withNoise<T extends { why: string }>(answer: T, noise: string): T {
  const library = /Could not load dynamic library '([^']+)'/.exec(noise)?.[1];
  return library ? { ...answer, why: `${answer.why} (${library} not found)` } : answer;
}

function failed(what: string): ProbeAnswer {
  const why = `the check of a training step failed: ${what}`;
  return { reason: 'failed', why, advice: 'reinstall its packages, or use another backend' };
}

function lastLine(noise: string): string {
  const line = noise.trim().split('\n').at(-1);
  return line ? `: ${line}` : '';
}

/** The built child program is in the folder of the built bench. */
function probeFile(): string {
  const file = fileURLToPath(new URL('./probe.js', import.meta.url));
  if (!existsSync(file))
    throw new Error(`checkBackend: ${file} is missing; build or reinstall @tenfold/bench`);
  return file;
}
