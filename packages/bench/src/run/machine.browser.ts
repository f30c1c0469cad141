import type { SimdBackend } from '@tenfold/backend-simd';
import * as tf from '@tensorflow/tfjs-core';
import { version } from '../../package.json';
import type { Machine } from '../results/results';

interface Agent {
  userAgent: string;
  hardwareConcurrency: number;
  /** Gigabytes, rounded, at most 8; Chromium only. */
  deviceMemory?: number;
}

/** The machine as a browser describes it; of the processor it reports only the number of threads. */
export function describeMachine(): Machine {
  const { userAgent, hardwareConcurrency, deviceMemory = 0 } = navigator as Agent;
  return {
    cpu: 'not reported by the browser',
    cores: hardwareConcurrency,
    threads: threadsOfBackend(hardwareConcurrency),
    memoryBytes: deviceMemory * 2 ** 30,
    os: parseSystem(userAgent),
    arch: 'not reported by the browser',
    node: `none, in ${parseBrowser(userAgent)}`,
    v8: 'not reported',
    commit: null,
    versions: { '@tensorflow/tfjs-core': tf.version_core, '@tenfold/bench': version },
  };
}

function threadsOfBackend(cores: number): number {
  if (tf.getBackend() === 'simd') return (tf.backend() as SimdBackend).runtime.threads;
  return tf.getBackend() === 'cpu' ? Math.min(1, cores) : 0;
}

/** 'Chromium 140': a browser's own name comes last, after the browsers that it imitates. */
export function parseBrowser(userAgent: string): string {
  const known: [RegExp, string][] = [
    [/Firefox\/([\d.]+)/, 'Firefox'],
    [/Edg\/([\d.]+)/, 'Edge'],
    [/(?:Headless)?Chrome\/([\d.]+)/, 'Chromium'],
    [/Version\/([\d.]+).*Safari/, 'Safari'],
  ];
  for (const [pattern, name] of known) {
    const version = pattern.exec(userAgent)?.[1];
    if (version) return `${name} ${version}`;
  }
  return userAgent;
}

/** The part in parentheses: 'X11; Linux x86_64'. */
const parseSystem = (userAgent: string): string =>
  /\(([^)]+)\)/.exec(userAgent)?.[1] ?? 'not reported by the browser';
