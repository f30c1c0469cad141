import { writeFileSync } from 'node:fs';
import { configureSimd } from '@tenfold/backend-simd';
import {
  type Export,
  type Option,
  type Parameter,
  packageNames,
  readPackages,
} from '@tenfold/generate/api.mjs';
import '@tenfold/gradients';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { badTensors, badValues, DISPOSED, oddTensors } from './bad-values';
import { readExpected } from './kinds';
import { meant } from './meant';
import { argumentLists, notTried, prepareSamples } from './samples';
import { type Outcome, trial } from './trial';

/** The least share, in percent, of bad calls that must end in one clear error or, where they may, in a result. */
const LEAST = 99;

const modules: { [name: string]: () => Promise<Record<string, unknown>> } = {
  activations: () => import('@tenfold/activations'),
  architectures: () => import('@tenfold/architectures'),
  'backend-simd': () => import('@tenfold/backend-simd'),
  'backend-webgpu': () => import('@tenfold/backend-webgpu'),
  bench: () => import('@tenfold/bench'),
  checks: () => import('@tenfold/checks'),
  datasets: () => import('@tenfold/datasets'),
  gradients: () => import('@tenfold/gradients'),
  kernels: () => import('@tenfold/kernels'),
  layers: () => import('@tenfold/layers'),
  losses: () => import('@tenfold/losses'),
  metrics: () => import('@tenfold/metrics'),
  optimizers: () => import('@tenfold/optimizers'),
  random: () => import('@tenfold/random'),
  regularizers: () => import('@tenfold/regularizers'),
  training: () => import('@tenfold/training'),
};
const names = Object.keys(modules);
const { readExports, checker } = readPackages(names);

interface Trial {
  call: string;
  good: boolean;
  outcome: Outcome;
  message: string;
}

beforeAll(async () => {
  configureSimd({ threads: 1 });
  await tf.setBackend('simd');
  await prepareSamples();
});

it('knows every package', () => expect(names).toEqual(packageNames()));

describe.each(names)('%s', (name) => {
  if (name === 'backend-simd') aroundRemovedBackend();
  if (name === 'backend-webgpu') aroundNoGpu();

  it('refuses bad input with one clear error, and leaves no tensor', async () => {
    const functions = await modules[name]!();
    const trials: Trial[] = [];
    const uncallable: string[] = [];
    for (const entry of readExports(name)) {
      if (entry.parameters.length === 0 || isError(entry) || isDatasetLoader(functions[entry.name])) continue;
      if (meant.has(fullName(entry))) continue;
      const good = await goodArguments(entry, functions[entry.name]);
      if (typeof good === 'string') uncallable.push(`${entry.name}: ${good}`);
      else for await (const found of badCalls(entry, functions[entry.name], good)) trials.push(found);
      // A bench's choice of a backend lasts.
      if (name === 'bench') await tf.setBackend('simd');
    }
    const leaks = trials.filter(({ outcome }) => outcome === 'leaked');
    const wrong = trials.filter(({ call, good }) => !good && !isMeant(call));
    const share = trials.length === 0 ? 100 : 100 * (1 - wrong.length / trials.length);
    if (process.env.BAD_INPUT_REPORT) {
      const lines = wrong.map(
        ({ call, outcome, message }) => `${outcome}\t${call}\t${message.split('\n')[0]}`,
      );
      writeFileSync(
        `${process.env.BAD_INPUT_REPORT}/${name}.txt`,
        [
          `${trials.length} ${share.toFixed(1)} %`,
          ...uncallable.map((n) => `uncallable\t${n}`),
          ...lines,
          '',
        ].join('\n'),
      );
    }
    expect(
      leaks.map(({ call, message }) => `${call}: ${message}`),
      'calls that leave tensors',
    ).toEqual([]);
    expect(uncallable, 'exports without a good call; see samples.ts').toEqual([]);
    expect(
      share,
      wrong
        .slice(0, 40)
        .map(({ call, outcome, message }) => `${call}: ${outcome}: ${message}`)
        .join('\n'),
    ).toBeGreaterThanOrEqual(LEAST);
  }, 300_000);
});

/** It loads megabytes from servers; the options of all of them are tested in packages/datasets. */
const isDatasetLoader = (f: unknown): boolean => typeof f === 'function' && Object.hasOwn(f, 'parts');

const isMeant = (call: string): boolean =>
  [...meant.keys()].some((pattern) => {
    const [start, rest = ''] = pattern.split('*');
    return call.startsWith(start!) && call.includes(rest, start!.length);
  });

/** Errors are made by the packages themselves, and take what JavaScript's own take. */
const isError = ({ isClass, type }: Export): boolean =>
  isClass && type.getConstructSignatures()[0]!.getReturnType().getProperty('stack') !== undefined;

/** Options can be set where the backend does not run. */
function aroundRemovedBackend(): void {
  const factory = tf.findBackendFactory('simd');
  beforeAll(async () => {
    await tf.setBackend('cpu');
    tf.removeBackend('simd');
  });
  afterAll(async () => {
    configureSimd({ threads: 1, variant: 'auto', winograd: true });
    tf.registerBackend('simd', factory, 2);
    await tf.setBackend('simd');
  });
}

/** A WebGPU that finds no GPU: options that are taken end in a WebgpuUnavailable, on every machine. */
function aroundNoGpu(): void {
  beforeAll(() => void vi.stubGlobal('navigator', { gpu: { requestAdapter: async () => null } }));
  afterAll(() => void vi.unstubAllGlobals());
}

const fullName = (entry: Export): string => `${entry.package}.${entry.name}`;

const readKinds = (parameter: Parameter | Option): Set<string> => readExpected(parameter, checker).kinds;

/** Arguments with which the function works, found by trying; else why the last ones did not. */
async function goodArguments(entry: Export, f: unknown): Promise<(() => unknown[]) | string> {
  let why = 'no arguments';
  if (notTried.has(fullName(entry))) return argumentLists(entry, readKinds).next().value!;
  for (const list of argumentLists(entry, readKinds)) {
    const { outcome, message } = await trial(entry, f, list);
    if (outcome === 'worked') return list;
    why = `${outcome}: ${message}`;
  }
  return why;
}

/** One wrong thing at a time: each argument, each option, keys that do not exist, options that are no object. */
async function* badCalls(entry: Export, f: unknown, good: () => unknown[]): AsyncGenerator<Trial> {
  const { parameters } = entry;
  const run: Run = async (what, refused, change) => {
    const call = `${fullName(entry)} ${what}`;
    const result = await trial(entry, f, () => {
      const list = good();
      change(list);
      return list;
    });
    const mayWork = !refused && (result.outcome === 'worked' || notTried.has(fullName(entry)));
    const isGood = result.outcome === 'refused' || mayWork;
    return { call, good: isGood, ...result };
  };
  for (const [i, parameter] of parameters.entries()) {
    if (parameter.options.length > 0) {
      yield* badOptions(parameter, i, run);
      continue;
    }
    const expected = readExpected(parameter, checker);
    const takesTensor = expected.kinds.has('tensor');
    for (const { label, value, refused } of takesTensor ? badTensors() : badValues(expected)) {
      if (label === DISPOSED && !isTensorAt(good(), i)) continue;
      yield run(`${parameter.name}: ${label}`, refused, (list) => {
        tf.dispose(list[i] as tf.TensorContainer);
        if (label !== DISPOSED) list[i] = value;
      });
    }
    for (const [label, make] of takesTensor ? oddTensors : []) {
      yield run(`${parameter.name}: ${label}`, false, (list) => {
        tf.dispose(list[i] as tf.TensorContainer);
        list[i] = make();
      });
    }
  }
}

type Run = (what: string, refused: boolean, change: (list: unknown[]) => void) => Promise<Trial>;

async function* badOptions({ options }: Parameter, at: number, run: Run): AsyncGenerator<Trial> {
  const copyOptions = (list: unknown[]) => ({ ...(list[at] as Record<string, unknown>) });
  for (const option of options) {
    for (const { label, value, refused } of badValues(readExpected(option, checker))) {
      yield run(`${option.name}: ${label}`, refused, (list) => {
        tf.dispose(copyOptions(list)[option.name] as tf.TensorContainer);
        list[at] = { ...copyOptions(list), [option.name]: value };
      });
    }
  }
  for (const key of ['lr', 'unknown', 'hasOwnProperty']) {
    yield run(`an option ${key}`, true, (list) => (list[at] = { ...copyOptions(list), [key]: 1 }));
  }
  for (const [label, value] of [
    ['5', 5],
    ["'text'", 'text'],
    ['null', null],
    ['[]', []],
    ['true', true],
    ['a function', () => 1],
    // Objects that would pass as options without any.
    ['a Map', new Map([['learningRate', 1]])],
    ['a Set', new Set([1])],
    ['a Promise', Promise.resolve({})],
    ['a Number', Object(0.1)],
    ['a Date', new Date(0)],
    ['a RegExp', /x/],
    ['an Error', new Error('x')],
    ['a Float32Array', new Float32Array()],
    ['a URL', new URL('https://example.org')],
    ['an object with inherited options', Object.create({ lr: 0.1 })],
    ['an instance of a class', new (class Options {})()],
  ] as const) {
    yield run(`options: ${label}`, true, (list) => {
      tf.dispose(list[at] as tf.TensorContainer);
      list[at] = value;
    });
  }
}

function isTensorAt(list: unknown[], i: number): boolean {
  const found = list[i] instanceof tf.Tensor;
  tf.dispose(list as tf.TensorContainer);
  return found;
}
